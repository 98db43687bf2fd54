"""Atomic file writes: a reader sees either the old or the new content."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEFAULT_MODE = 0o644


@contextmanager
def replacing(path: Path, mode: int = DEFAULT_MODE) -> Iterator[Path]:
    """A temporary path next to `path` to write to; it replaces `path` when the block ends.

    On an error, `path` is left as it was. The file is flushed to disk before it is renamed.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".partial")
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.chmod(mode)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def write(path: Path, content: str | bytes, mode: int = DEFAULT_MODE) -> None:
    """Write a file atomically; text is encoded as UTF-8."""
    data = content.encode() if isinstance(content, str) else content
    with replacing(path, mode) as partial:
        partial.write_bytes(data)
