"""Assigns reports to splits by their findings alone, so that no text is in both."""

from __future__ import annotations

import hashlib
import sqlite3
from types import TracebackType
from typing import Self

EVALUATION, TRAIN = "evaluation", "train"
_WHOLE = 1 << 64


def digest(findings: str) -> bytes:
    """Sixteen bytes that identify a findings text, ignoring case, layout and punctuation."""
    words = "".join(c if c.isalnum() else " " for c in findings.casefold()).split()
    return hashlib.sha256(" ".join(words).encode()).digest()[:16]


def split_of(findings: bytes, seed: int, evaluation_share: float) -> str:
    """The split of a findings digest: the same on every machine and in any reading order."""
    drawn = hashlib.sha256(seed.to_bytes(8, "big", signed=True) + findings).digest()[:8]
    share = int.from_bytes(drawn, "big") / _WHOLE
    return EVALUATION if share < evaluation_share else TRAIN


class Seen:
    """Remembers digests on disk, so that memory use does not grow with the collection."""

    def __init__(self) -> None:
        """Start empty; the data is deleted on close."""
        # An empty name is a temporary SQLite database, kept in memory while it is small.
        self._base = sqlite3.connect("")
        self._base.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY) WITHOUT ROWID")

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

    def is_new(self, findings: bytes) -> bool:
        """Record the digest; returns whether it is new."""
        added = self._base.execute("INSERT OR IGNORE INTO seen VALUES (?)", (findings,))
        return added.rowcount == 1
