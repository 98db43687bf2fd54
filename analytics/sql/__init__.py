"""The SQL files: views and queries in Athena's dialect, one per file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
_PARAMETERS = "-- parameters: "


@dataclass(frozen=True, slots=True)
class Statement:
    """One file: the question that it answers, its SQL without comments, its parameters."""

    name: str
    question: str
    sql: str
    parameters: tuple[str, ...]


@lru_cache
def views() -> dict[str, Statement]:
    """The views by name."""
    return _read("views")


@lru_cache
def queries() -> dict[str, Statement]:
    """The named queries by name."""
    return _read("queries")


@lru_cache
def maintenance() -> dict[str, Statement]:
    """The scheduled statements that change tables, by name."""
    return _read("maintenance")


def _read(folder: str) -> dict[str, Statement]:
    found = (_statement(path) for path in sorted((FOLDER / folder).glob("*.sql")))
    return {one.name: one for one in found}


def _statement(path: Path) -> Statement:
    lines = path.read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines if line.startswith("--")]
    listed = [line.removeprefix(_PARAMETERS) for line in comments if line.startswith(_PARAMETERS)]
    question = " ".join(line[2:].strip() for line in comments if not line.startswith(_PARAMETERS))
    sql = "\n".join(line for line in lines if not line.startswith("--")).strip()
    names = tuple(re.split(r",\s*", listed[0])) if listed else ()
    return Statement(path.stem, question, sql, names)
