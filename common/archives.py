"""Model archives: model.tar.gz from a folder and back; the same files give the same bytes."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path


def pack(folder: Path, names: tuple[str, ...] = ()) -> bytes:
    """The files below a folder, or only those named, in one archive.

    Raises FileNotFoundError for a name that is not there.
    """
    files = [folder / name for name in names] or sorted(p for p in folder.rglob("*") if p.is_file())
    made = io.BytesIO()
    # Compressed lightly: weights hardly shrink. gzip.compress writes another header on Python 3.13.
    with (
        gzip.GzipFile(filename="", fileobj=made, mode="wb", compresslevel=1, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for path in files:
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            entry.size = path.stat().st_size
            with path.open("rb") as file:
                tar.addfile(entry, file)
    return made.getvalue()


def unpack(archive: Path, folder: Path) -> None:
    """Unpack into a folder; members that lead out of it are refused.

    Raises OSError, EOFError or tarfile.TarError for an archive that is damaged or not safe.
    """
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
