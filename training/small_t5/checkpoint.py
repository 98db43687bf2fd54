"""Checkpoints of the training loop: one file, written atomically."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch

from common import files

FILE = "checkpoint.pt"


def save(folder: Path, fingerprint: str, snapshot: dict[str, Any]) -> None:
    """Write a snapshot; a reader finds either the old checkpoint or the new one.

    `fingerprint` identifies the training run: `load` requires the same one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with files.replacing(folder / FILE) as partial:
        torch.save({"fits": fingerprint, **snapshot}, partial)


def load(folder: Path, fingerprint: str) -> dict[str, Any] | None:
    """The snapshot; None if it is missing, damaged or has another fingerprint."""
    try:
        found: dict[str, Any] = torch.load(folder / FILE, weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError):
        return None
    return found if found.pop("fits", None) == fingerprint else None
