"""The files of a collection: in folders and in archives, one at a time, in a fixed order.

A member of an archive is copied to a temporary file, in memory while it is small, because tables
are read twice: for their columns and for their rows.
"""

from __future__ import annotations

import gzip
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from chalicelib.intake.decoding import GZIP_MAGIC
from training.errors import CollectionError

SUFFIXES = frozenset(
    {
        *(".xml", ".txt", ".csv", ".tsv", ".tab", ".psv", ".json", ".jsonl", ".ndjson"),
        *(".hl7", ".er7", ".parquet", ".zip", ".tgz", ".tar", ".gz"),
    }
)
# What publishers put beside the reports, whatever its extension.
_NOT_REPORTS = ("license", "readme", "sha256sums", "md5sums", "changelog", "records", "index")
_IN_MEMORY = 1 << 22
_TAR_MAGIC, _TAR_MAGIC_AT = b"ustar", 257
_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True)
class PassedOver:
    """A file that is not reports, and why: none of its content is used."""

    place: str
    reason: str


@dataclass(frozen=True)
class Item:
    """One file.

    Attributes:
        place: names it in errors.
        path: within the collection, or within its archive.
        file: its bytes, seekable.
        archive: the path of the archive that it is in.
        is_alone: whether the user named exactly this file, so that it must be reports.
    """

    place: str
    path: PurePosixPath
    file: IO[bytes]
    archive: PurePosixPath | None = None
    is_alone: bool = False

    @property
    def name(self) -> str:
        """Names it within the collection."""
        return str(self.path) if self.archive is None else f"{self.archive}: {self.path}"


def of_source(source: Path) -> Iterator[Item | PassedOver]:
    """Every file of a source, archives unpacked; what cannot be reports is passed over.

    Raises:
        CollectionError: the source does not exist, or an archive is damaged.
    """
    if source.is_file():
        resolved = source.resolve()
        path = PurePosixPath(resolved.parent.name, resolved.name)
        with source.open("rb") as file:
            yield from _unpacked(Item(str(source), path, file, is_alone=True), source)
    elif source.is_dir():
        yield from _folder(source, PurePosixPath(source.resolve().name))
    else:
        raise CollectionError(str(source), "does not exist; give a file or a folder of reports")


def _folder(folder: Path, path: PurePosixPath) -> Iterator[Item | PassedOver]:
    for entry in sorted(folder.iterdir()):
        below = path / entry.name
        if entry.is_dir() and entry.is_symlink():  # it may lead back to here
            yield PassedOver(str(below), "is a linked folder; give it as a source of its own")
        elif entry.is_dir() and not _is_hidden(entry.name):
            yield from _folder(entry, below)
        elif reason := _why_not(entry.name):
            yield PassedOver(str(below), reason)
        elif not entry.is_file():
            yield PassedOver(str(below), "is not a file")
        else:
            with entry.open("rb") as file:
                yield from _unpacked(Item(str(entry), below, file), entry)


def _unpacked(item: Item, source: Path) -> Iterator[Item | PassedOver]:
    """The item itself, or the members of the archive that it is."""
    suffix = item.path.suffix.lower()
    if _starts(item.file, 4) in _ZIP_MAGICS:
        yield from _zip_members(item)
    elif suffix == ".zip":
        raise CollectionError(item.place, "is not a zip archive; download it again")
    elif suffix != ".txt" and _is_tar(item):
        yield from _tar_members(item, source)
    elif suffix in {".tgz", ".tar"}:
        raise CollectionError(item.place, "is not a tar archive; download it again")
    else:
        yield item


def _zip_members(item: Item) -> Iterator[Item | PassedOver]:
    try:
        with zipfile.ZipFile(item.file) as archive:
            for member in archive.infolist():
                if member.is_dir():
                    continue
                place, path = f"{item.place}: {member.filename}", PurePosixPath(member.filename)
                if reason := _why_not_member(path):
                    yield PassedOver(f"{item.path}: {member.filename}", reason)
                    continue
                with _extracting(place), archive.open(member) as packed, _copied(packed) as file:
                    yield Item(place, path, file, item.path)
    except zipfile.BadZipFile as error:
        raise CollectionError(item.place, f"is damaged ({error}); download it again") from None


def _tar_members(item: Item, source: Path) -> Iterator[Item | PassedOver]:
    try:
        with tarfile.open(source) as archive:
            for member in archive:
                # Without this, tarfile remembers every member that it has seen.
                archive.members = []  # type: ignore[attr-defined]  # documented in tarfile's source only
                if member.isdir():
                    continue
                place, path = f"{item.place}: {member.name}", PurePosixPath(member.name)
                reason = _why_not_member(path) or ("" if member.isfile() else "is a link")
                if reason:
                    yield PassedOver(f"{item.path}: {member.name}", reason)
                    continue
                packed = archive.extractfile(member)
                if packed is None:  # pragma: no cover  # only for what is no file
                    continue
                with _extracting(place), packed, _copied(packed) as file:
                    yield Item(place, path, file, item.path)
            _check_end(archive)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        problem = f"is damaged ({type(error).__name__}); download it again"
        raise CollectionError(item.place, problem) from None


def _check_end(archive: tarfile.TarFile) -> None:
    """Raise ReadError unless the archive ends where its members do.

    tarfile takes a damaged header for the end. Reading on also checks gzip's checksum.
    """
    file: Any = archive.fileobj
    file.seek(archive.offset)
    if file.read(tarfile.BLOCKSIZE).strip(b"\0"):
        raise tarfile.ReadError
    while file.read(1 << 16):
        pass


@contextmanager
def _extracting(place: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError):
        raise CollectionError(place, "cannot be extracted; download the archive again") from None
    except (RuntimeError, NotImplementedError) as error:
        # zipfile's errors for a password and for an unsupported compression method.
        problem = f"cannot be extracted ({error}); extract the archive and give its folder"
        raise CollectionError(place, problem) from None


@contextmanager
def _copied(packed: IO[bytes]) -> Iterator[IO[bytes]]:
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        while piece := packed.read(1 << 16):
            file.write(piece)
        file.seek(0)
        yield file


def _why_not_member(path: PurePosixPath) -> str | None:
    if any(_is_hidden(part) for part in path.parts[:-1]):
        return "is hidden"
    reason = _why_not(path.name)
    if reason is None and path.name.lower().endswith((".zip", ".tgz", ".tar", ".tar.gz")):
        return "is an archive in an archive; extract it"
    return reason


def _why_not(name: str) -> str | None:
    """Why a file cannot be reports, by its name; None: its content decides."""
    lower = name.lower()
    if _is_hidden(name):
        return "is hidden"
    if PurePosixPath(lower).suffix not in SUFFIXES:
        return "has an unknown extension"
    if lower.endswith(".txt") and lower.split(".")[0] in _NOT_REPORTS:
        return "describes the collection"
    return None


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _starts(file: IO[bytes], count: int) -> bytes:
    head = file.read(count)
    file.seek(0)
    return head


def _is_tar(item: Item) -> bool:
    head = _starts(item.file, _TAR_MAGIC_AT + len(_TAR_MAGIC))
    if head.startswith(GZIP_MAGIC):
        try:
            with gzip.open(item.file) as packed:
                head = packed.read(_TAR_MAGIC_AT + len(_TAR_MAGIC))
        except (OSError, EOFError, zlib.error):
            return False  # the reader of its text says what is wrong
        finally:
            item.file.seek(0)
    return head[_TAR_MAGIC_AT:] == _TAR_MAGIC
