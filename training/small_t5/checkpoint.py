"""Checkpoints of the training loop: one file, written in one step."""

from __future__ import annotations

import hashlib
import json
import pickle
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from training.small_t5.loop import Loop

FILE = "checkpoint.pt"


def save(folder: Path, loop: Loop) -> None:
    """Write where the loop stands; a reader finds the old checkpoint or the new one."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{FILE}.partial"
    torch.save(
        {
            "fits": _fits(loop),
            "state": asdict(loop.state),
            "model": loop.model.state_dict(),
            "average": None if loop.average is None else loop.average.state_dict(),
            "best": loop.best,
            "optimizer": loop.optimizer.state_dict(),
            "rate": loop.rate.state_dict(),
            "random": torch.get_rng_state(),
        },
        partial,
    )
    partial.replace(folder / FILE)


def load(folder: Path, loop: Loop) -> bool:
    """Put the loop where the checkpoint says; False when there is none that fits it."""
    try:
        found: dict[str, Any] = torch.load(folder / FILE, weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError):
        return False  # none, or one that was cut: begin anew
    if found.get("fits") != _fits(loop):
        return False
    loop.model.load_state_dict(found["model"])
    if loop.average is not None:
        loop.average.load_state_dict(found["average"])
    loop.best = found["best"]
    loop.optimizer.load_state_dict(found["optimizer"])
    loop.rate.load_state_dict(found["rate"])
    torch.set_rng_state(found["random"])
    for name, value in found["state"].items():
        setattr(loop.state, name, value)
    return True


def _fits(loop: Loop) -> str:
    """What a checkpoint belongs to: the plan, the pairs, the shape of the model."""
    made = hashlib.sha256(json.dumps(asdict(loop.plan), sort_keys=True).encode())
    made.update(json.dumps([loop.pairs, loop.validation]).encode())
    shapes = [(name, list(value.shape)) for name, value in loop.model.state_dict().items()]
    made.update(json.dumps(shapes).encode())
    return made.hexdigest()
