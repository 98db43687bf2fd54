"""The pairs of the training channel: through the template, and split for validation."""

from __future__ import annotations

import json
import random
from pathlib import Path

from training import channel

Pair = tuple[str, str]


def read(folder: Path) -> list[Pair]:
    """Source and target text of every line of `train.jsonl`, in its order.

    Without a `template.json` the texts are taken as they are, as JumpStart does.

    Raises:
        CollectionError: nothing is there, or a line is none; it is named by its number.
    """
    folder = channel.folder_of(folder)
    template = {"prompt": "{prompt}", "completion": "{completion}"}
    if (folder / channel.TEMPLATE).is_file():
        template = json.loads((folder / channel.TEMPLATE).read_text(encoding="utf-8"))
    with (folder / channel.TRAIN).open(encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    # Replaced literally and in one step: a text may hold braces, or the other's name.
    return [
        (
            template["prompt"].replace("{prompt}", line["prompt"]),
            template["completion"].replace("{completion}", line["completion"]),
        )
        for line in lines
    ]


def split(pairs: list[Pair], share: float, seed: int) -> tuple[list[Pair], list[Pair]]:
    """Pairs to train on and to validate with; the same for the same seed, at least one to train."""
    order = list(range(len(pairs)))
    random.Random(seed).shuffle(order)  # noqa: S311  # a split, not a secret
    count = min(round(len(pairs) * share), len(pairs) - 1)
    held = set(order[:count])
    return (
        [pair for i, pair in enumerate(pairs) if i not in held],
        [pairs[i] for i in order[:count]],
    )
