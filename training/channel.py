"""The training channel: where its files are, and whether they can be trained on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from training.errors import CollectionError

TRAIN, TEMPLATE = "train.jsonl", "template.json"
FIELDS = ("prompt", "completion")


def folder_of(data: Path) -> Path:
    """The channel's folder: what `prepare` wrote, or its `train` folder, or one like it.

    Raises:
        CollectionError: no `train.jsonl` is there, or it cannot be trained on.
    """
    for folder in (data / "train", data):
        if (folder / TRAIN).is_file():
            check(folder)
            return folder
    raise CollectionError(
        str(data), f"holds no {TRAIN}; make it with `python -m training prepare … --out {data}`"
    )


def check(folder: Path) -> None:
    """Raise CollectionError, with the line, when the channel's files cannot be trained on."""
    path = folder / TRAIN
    count = 0
    with path.open("rb") as file:
        for count, line in enumerate(file, 1):
            problem = _problem(line)
            if problem:
                raise CollectionError(f"{path}: line {count}", f"{problem}; prepare it anew")
    if not count:
        raise CollectionError(str(path), "is empty; prepare a collection with reports in it")
    template = folder / TEMPLATE
    if template.is_file() and _problem(template.read_bytes()):
        raise CollectionError(str(template), f'needs the texts "{FIELDS[0]}" and "{FIELDS[1]}"')


def digest(folder: Path) -> str:
    """Sixteen hex digits that stand for the channel's content."""
    made = hashlib.sha256()
    for name in (TRAIN, TEMPLATE):
        path = folder / name
        made.update(f"{name}\0".encode())
        if path.is_file():
            with path.open("rb") as file:
                made.update(hashlib.file_digest(file, "sha256").digest())
    return made.hexdigest()[:16]


def _problem(text: bytes) -> str | None:
    try:
        pair: Any = json.loads(text)
    except ValueError:
        return "is no JSON"
    if not isinstance(pair, dict) or any(not isinstance(pair.get(f), str) for f in FIELDS):
        return f'needs the texts "{FIELDS[0]}" and "{FIELDS[1]}"'
    return None
