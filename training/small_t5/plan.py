"""The training loop's settings, callbacks and state."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

Pair = tuple[list[int], list[int]]
Log = Callable[[dict[str, float]], None]


@dataclass(frozen=True)
class Plan:
    """How to train; see `training.container.hyperparameters` for the terms."""

    epochs: int
    batch: int
    learning_rate: float
    warmup: int
    schedule: str = "cosine"
    seed: int = 1
    max_steps: int = -1
    weight_decay: float = 0.01
    label_smoothing: float = 0.0
    average: float = 0.0
    patience: int = 0
    keep_best: bool = False
    log_every: int = 50
    checkpoint_every_s: float = 5.0


@dataclass(frozen=True)
class Watch:
    """The loop's callbacks: metric values to log, progress, and whether to stop now."""

    log: Log = lambda _: None
    progress: Callable[[int, int], None] = lambda _done, _all: None
    stop: Callable[[], bool] = lambda: False


@dataclass
class State:
    """The loop's state: everything that a checkpoint needs except the weights.

    `step` counts completed steps, `epoch` completed epochs, `within` steps of the current epoch.
    """

    step: int = 0
    epoch: int = 0
    within: int = 0
    losses: list[float] = field(default_factory=list)
    best_loss: float = math.inf
    since_best: int = 0
