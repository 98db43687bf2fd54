"""The size of a model folder, and its limit."""

from __future__ import annotations

from pathlib import Path

from training.errors import ModelTooLargeError
from training.small_t5.config import SIZE_LIMIT

CARD = "MODEL_CARD.md"


def sizes(folder: Path) -> dict[str, int]:
    """The size in bytes of a model folder's files, by name, without the card."""
    return {p.name: p.stat().st_size for p in sorted(folder.iterdir()) if p.name != CARD}


def check_size(folder: Path) -> int:
    """The total size of a model folder in bytes.

    Raises:
        ModelTooLargeError: it is over the repository's limit.
    """
    total = sum(path.stat().st_size for path in folder.iterdir())
    if total > SIZE_LIMIT:
        raise ModelTooLargeError(folder, total, SIZE_LIMIT)
    return total
