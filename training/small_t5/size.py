"""How large a model folder is, and may be."""

from __future__ import annotations

from pathlib import Path

from training.errors import ModelTooLargeError
from training.small_t5.config import SIZE_LIMIT

CARD = "MODEL_CARD.md"


def sizes(folder: Path) -> dict[str, int]:
    """Bytes of a model folder's files, by name; the card aside."""
    return {p.name: p.stat().st_size for p in sorted(folder.iterdir()) if p.name != CARD}


def check_size(folder: Path) -> int:
    """Total bytes of a model folder.

    Raises:
        ModelTooLargeError: when it is over what the repository accepts.
    """
    total = sum(path.stat().st_size for path in folder.iterdir())
    if total > SIZE_LIMIT:
        raise ModelTooLargeError(folder, total, SIZE_LIMIT)
    return total
