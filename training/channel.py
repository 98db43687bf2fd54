"""The training channel: finds and validates its files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from training.errors import CollectionError

TRAIN, TEMPLATE = "train.jsonl", "template.json"
FIELDS = ("prompt", "completion")


def folder_of(data: Path) -> Path:
    """The channel's folder: `data/train` in the output of `prepare`, or `data` itself.

    Raises:
        CollectionError: `train.jsonl` is missing or invalid.
    """
    for folder in (data / "train", data):
        if (folder / TRAIN).is_file():
            check(folder)
            return folder
    raise CollectionError(
        str(data),
        f"contains no {TRAIN}; create it with `python -m training prepare … --out {data}`",
    )


def check(folder: Path) -> None:
    """Raise CollectionError, with the line, if the channel's files are invalid."""
    path = folder / TRAIN
    count = 0
    with path.open("rb") as file:
        for count, line in enumerate(file, 1):
            problem = _problem(line)
            if problem:
                raise CollectionError(f"{path}: line {count}", f"{problem}; prepare it again")
    if not count:
        raise CollectionError(str(path), "is empty; prepare a collection that contains reports")
    template = folder / TEMPLATE
    if template.is_file() and _problem(template.read_bytes()):
        raise CollectionError(str(template), f'needs the strings "{FIELDS[0]}" and "{FIELDS[1]}"')


def digest(folder: Path) -> str:
    """Sixteen hex digits that identify the channel's content."""
    hasher = hashlib.sha256()
    for name in (TRAIN, TEMPLATE):
        path = folder / name
        hasher.update(f"{name}\0".encode())
        if path.is_file():
            with path.open("rb") as file:
                hasher.update(hashlib.file_digest(file, "sha256").digest())
    return hasher.hexdigest()[:16]


def _problem(text: bytes) -> str | None:
    try:
        pair: Any = json.loads(text)
    except ValueError:
        return "is not JSON"
    if not isinstance(pair, dict) or any(not isinstance(pair.get(f), str) for f in FIELDS):
        return f'needs the strings "{FIELDS[0]}" and "{FIELDS[1]}"'
    return None
