"""Reads `mimic-cxr-reports.zip`: one free-text report per member, `files/p10/p…/s….txt`."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from chalicelib.intake.free_text.sections import read_sections
from training.errors import CollectionError
from training.prepare.report import LeftOut, Report, of_sections

# The longest MIMIC-CXR report has about 10,000 characters; a much longer member is not a report.
LONGEST_BYTES = 1 << 20


def read_zip(path: Path) -> Iterator[Report]:
    """Read every `.txt` member in archive order; the name without its suffix is the id.

    Raises:
        CollectionError: the file is not an archive, contains no report, or is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if one.filename.endswith(".txt")]
            if not members:
                raise CollectionError(
                    str(path), "contains no .txt report; is it the right archive?"
                )
            for member in members:
                yield _member(archive, member)
    except zipfile.BadZipFile as error:
        raise CollectionError(str(path), f"is damaged ({error}); download it again") from None


def read_text(path: Path) -> Iterator[Report]:
    """Read one `.txt` file as one report."""
    yield _report(path.stem, path.read_bytes())


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Report:
    name = PurePosixPath(member.filename).stem
    if member.file_size > LONGEST_BYTES:
        return LeftOut(name, "unreadable")
    try:
        data = archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
        # RuntimeError: encrypted; NotImplementedError: an unsupported compression method.
        place = f"{archive.filename}: {member.filename}"
        raise CollectionError(place, "cannot be extracted; download the archive again") from None
    return _report(name, data)


def _report(name: str, data: bytes) -> Report:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return LeftOut(name, "unreadable")
    return of_sections(name, read_sections(text))
