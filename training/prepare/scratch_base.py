"""A database on disk for one run: what must not be held in memory, and is deleted at the end."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Self

# It is never read again: nothing has to survive a crash.
_FAST = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"


class ScratchBase:
    """An SQLite database in a file of its own; `_base` is its connection."""

    def __init__(self, path: Path, tables: str) -> None:
        """Start with these empty tables."""
        self._file = path
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.executescript(_FAST + tables)
        self._base.execute("BEGIN")

    def __enter__(self) -> Self:
        """Use in a `with` block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Forget everything."""
        self._base.close()
        self._file.unlink(missing_ok=True)
