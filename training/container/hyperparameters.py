"""The hyperparameters of the local trainer: JumpStart's names, parsed from a job's strings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from common.errors import SettingError

SCHEDULES = ("cosine", "linear", "constant_with_warmup")


@dataclass(frozen=True)
class Hyperparameters:
    """How the small T5 is fine-tuned.

    Lengths are in tokens. A negative `max_steps` sets no limit apart from `epochs`.
    `early_stopping_patience` is in epochs without a lower eval_loss (0: never stop early).
    `average` is the decay of the moving average of the weights that becomes the model (0: use the
    last weights). `memory` is the maximum number of pairs stored in the model folder, where the
    endpoint looks up similar findings.
    """

    epochs: int = 30
    max_steps: int = -1
    seed: int = 42
    train_data_split_seed: int = 0
    batch_size: int = 16
    learning_rate: float = 1e-3
    lr_scheduler_type: str = "cosine"
    warmup_steps: int = 100
    weight_decay: float = 0.01
    label_smoothing_factor: float = 0.0
    dropout: float = 0.1
    average: float = 0.995
    validation_split_ratio: float = 0.05
    max_input_length: int = 384
    max_output_length: int = 128
    early_stopping_patience: int = 0
    load_best_model_at_end: bool = False
    logging_steps: int = 50
    memory: int = 20_000
    threads: int = 2


# Minimum and maximum of each.
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "epochs": (1, 10_000),
    "max_steps": (-1, 10**9),
    "seed": (0, 2**31),
    "train_data_split_seed": (0, 2**31),
    "batch_size": (1, 4096),
    "learning_rate": (1e-8, 1),
    "warmup_steps": (0, 10**6),
    "weight_decay": (0, 1),
    "label_smoothing_factor": (0, 0.9),
    "dropout": (0, 0.9),
    "average": (0, 0.99999),
    "validation_split_ratio": (0, 0.9),
    "max_input_length": (8, 512),
    "max_output_length": (4, 512),
    "early_stopping_patience": (0, 10_000),
    "logging_steps": (1, 10**6),
    "memory": (0, 10**6),
    "threads": (1, 256),
}


def read(given: Mapping[str, str]) -> Hyperparameters:
    """Parse a job's hyperparameters; those of JumpStart that have no meaning here are rejected.

    Raises:
        SettingError: an unknown name or an invalid value; it lists the valid ones.
    """
    kinds = get_type_hints(Hyperparameters)
    values: dict[str, Any] = {}
    for name, text in given.items():
        if name not in kinds:
            known = ", ".join(field.name for field in fields(Hyperparameters))
            raise SettingError(f"hyperparameter {name}", f"is unknown here; use one of {known}")
        values[name] = _value(name, text, kinds[name])
    return Hyperparameters(**values)


def _value(name: str, text: str, kind: type) -> int | float | bool | str:
    item = f"hyperparameter {name}"
    if kind is str:
        if text not in SCHEDULES:
            raise SettingError(item, f"{text!r} is not one of {', '.join(SCHEDULES)}")
        return text
    if kind is bool:
        if text not in ("True", "False"):
            raise SettingError(item, f"{text!r} is neither True nor False")
        return text == "True"
    try:
        number: int | float = kind(text)
    except ValueError:
        what = "an integer" if kind is int else "a number"
        raise SettingError(item, f"{text!r} is not {what}") from None
    least, most = _BOUNDS[name]
    if not math.isfinite(number) or not least <= number <= most:
        raise SettingError(item, f"{text} is not between {least:g} and {most:g}")
    return number
