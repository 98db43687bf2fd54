"""The pairs of the training channel: filled into the template, and split for validation."""

from __future__ import annotations

import json
import random
from pathlib import Path

from training import channel

Pair = tuple[str, str]


def read(folder: Path) -> list[Pair]:
    """Source and target text of every line of `train.jsonl`, in order.

    Without a `template.json` the texts are used unchanged, as in JumpStart.

    Raises:
        CollectionError: `train.jsonl` is missing, or a line is invalid (with its number).
    """
    folder = channel.folder_of(folder)
    template = {"prompt": "{prompt}", "completion": "{completion}"}
    if (folder / channel.TEMPLATE).is_file():
        template = json.loads((folder / channel.TEMPLATE).read_text(encoding="utf-8"))
    with (folder / channel.TRAIN).open(encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    # Replaced literally, in one step: a text may contain braces or the other field's name.
    return [
        (
            template["prompt"].replace("{prompt}", line["prompt"]),
            template["completion"].replace("{completion}", line["completion"]),
        )
        for line in lines
    ]


def split(pairs: list[Pair], share: float, seed: int) -> tuple[list[Pair], list[Pair]]:
    """Training and validation pairs; the same for the same seed, at least one for training."""
    order = list(range(len(pairs)))
    random.Random(seed).shuffle(order)  # noqa: S311  # not cryptographic
    count = min(round(len(pairs) * share), len(pairs) - 1)
    held = set(order[:count])
    return (
        [pair for i, pair in enumerate(pairs) if i not in held],
        [pairs[i] for i in order[:count]],
    )
