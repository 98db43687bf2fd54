"""Checkpoints of the training loop: one file, written in one step."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch

from common import files

FILE = "checkpoint.pt"


def save(folder: Path, fingerprint: str, snapshot: dict[str, Any]) -> None:
    """Write a snapshot; a reader finds the old checkpoint or the new one.

    `fingerprint` says what it belongs to: `load` returns it only to the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with files.replacing(folder / FILE) as partial:
        torch.save({"fits": fingerprint, **snapshot}, partial)


def load(folder: Path, fingerprint: str) -> dict[str, Any] | None:
    """The snapshot; None when there is none that belongs to `fingerprint`, or it is damaged."""
    try:
        found: dict[str, Any] = torch.load(folder / FILE, weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError):
        return None
    return found if found.pop("fits", None) == fingerprint else None
