"""Model archives: packs and unpacks model.tar.gz; the same files give the same bytes."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path


def pack(folder: Path, names: tuple[str, ...] = ()) -> bytes:
    """Pack all files of a folder, or only the named ones, into an archive.

    Raises FileNotFoundError if a named file does not exist.
    """
    files = [folder / name for name in names] or sorted(p for p in folder.rglob("*") if p.is_file())
    archive = io.BytesIO()
    # Lowest compression: weights hardly shrink. gzip.compress writes another header on Python 3.13.
    with (
        gzip.GzipFile(filename="", fileobj=archive, mode="wb", compresslevel=1, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for path in files:
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            entry.size = path.stat().st_size
            with path.open("rb") as file:
                tar.addfile(entry, file)
    return archive.getvalue()


def unpack(archive: Path, folder: Path) -> None:
    """Unpack into a folder; members outside it are rejected.

    Raises OSError, EOFError or tarfile.TarError if the archive is corrupt or not safe.
    """
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
