"""Every scalar function of the list, with generated arguments, here and in Velox.

Skipped unless the environment `velox` is there: `make test-velox` makes it.
"""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from analytics.engine.athena import Athena
from analytics.engine.functions import FUNCTIONS
from analytics.engine.functions.model import Function, Lambda
from analytics.engine.kinds import Kind
from analytics.errors import QueryError, UntranslatableError
from analytics.lake import FolderLake
from common.environments import environment_python

ORACLE = Path(__file__).with_name("oracle.py")
PYTHON = Path(os.environ.get("VELOX_PYTHON", environment_python("velox")))
TIMES = 12  # generated calls of each signature
pytestmark = pytest.mark.skipif(
    not PYTHON.is_file(), reason="no environment velox: make test-velox"
)

_VARCHAR = ("'a'", "''", "'a,b'", "'Left lung'", "'äß😀'", "' x '", "'12'", "cast(null as varchar)")
_POOLS = {
    "varchar": _VARCHAR,
    "bigint": ("0", "1", "2", "-1", "5", "16", "cast(null as bigint)"),
    "integer": tuple(f"cast({one} as integer)" for one in (0, 1, 2, -1, 3)),
    "double": ("0e0", "1.5e0", "-2.5e0", "1e20", "100e0", "cast(null as double)"),
    "boolean": ("true", "false", "cast(null as boolean)"),
    "date": ("date '2024-01-31'", "date '2024-02-29'", "date '2023-12-31'"),
    "timestamp": ("timestamp '2024-01-31 23:59:59'", "timestamp '2024-03-01 00:00:00'"),
    "json": ("json_parse('{\"a\": [1, 2]}')", "json_parse('[1, 2]')", "json_parse('3')"),
    "varbinary": ("to_utf8('a')", "to_utf8('')"),
}
_ARRAYS = ("array[1, 2, 3]", "array[2, null]", "array[3, 3, 1]", "array[5]")
_LITERAL = {  # arguments that the list takes as literals
    "regexp": ("'[a-z]'", "'([a-z])'", "'\\d'", "'z+'"),
    "date_format": ("'%Y-%m-%d'", "'%H:%i:%s'"),
    "date_parse": ("'%Y-%m-%d'",),
    "json_extract": ("'$.a'", "'$.a[0]'", "'$[1]'"),
    "date_": ("'day'", "'month'", "'year'", "'week'"),
}
# What Velox says of what it lacks.
LACKING = ("doesn't exist", "signature is not supported", "UNSUPPORTED", "Converting to Python")
# Answers that differ, and why this one is Trino's.
EXPLAINED = {
    "now": "not of one value",
    "rand": "not of one value",
    "random": "not of one value",
    "split": "Velox splits by the empty text; Trino refuses it, as its source says",
    "to_iso8601": "Velox's timestamps are Presto's, with a zone and three places",
    "from_unixtime": "Velox's timestamp has no zone; Trino's has",
}


def literal(function: str, place: int) -> tuple[str, ...] | None:
    for name, pool in _LITERAL.items():
        at = 0 if name == "date_" and function in ("date_add", "date_diff", "date_trunc") else 1
        if function.startswith(name) and place == at:
            return pool
    return None


def argument(draw: random.Random, function: Function, place: int, kind: Kind) -> str | None:
    special = literal(function.name, place)
    if special and not (function.name == "date_format" and place == 0):
        return draw.choice(special)
    if kind.name == "array" and kind.item.name in ("E", "O", "T", "U", "K", "bigint"):
        return draw.choice(_ARRAYS)
    if kind.name == "array" and kind.item.name == "varchar":
        return draw.choice(("array['a', null, 'b']", "array['x']"))
    if kind.name in ("E", "O", "N", "I"):
        return draw.choice(("0", "1", "2", "-1", "3"))
    if kind.name == "varchar" and kind.args:
        return draw.choice(("'a'", "'€'"))
    pool = _POOLS.get(kind.name)
    return draw.choice(pool) if pool else None


def calls(function: Function) -> list[str]:
    draw = random.Random(function.shown)
    made: set[str] = set()
    for _ in range(TIMES):
        parts: list[str] = []
        for place, takes in enumerate(function.takes):
            if isinstance(takes, Lambda):
                part = {"filter": "i -> i > 1", "transform": "i -> i + 1"}.get(function.name)
                part = "i -> i > 1" if function.name.endswith("_match") else part
            else:
                part = argument(draw, function, place, takes)
            if part is None:
                return []
            parts.append(part)
        made.add(f"{function.name}({', '.join(parts)})")
    return sorted(made)


def plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, (date, datetime)):
        return {"date": str(value)}
    return [plain(one) for one in value] if isinstance(value, list) else value


def equal(one: Any, other: Any) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def answered(expressions: list[str]) -> list[dict[str, Any]]:
    """Velox's answers."""
    arrow = next(PYTHON.parent.parent.glob("lib/python*/site-packages/pyarrow"))
    done = subprocess.run(
        [str(PYTHON), str(ORACLE)],
        input=json.dumps(expressions),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LD_LIBRARY_PATH": str(arrow)},
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Athena]:
    with Athena(FolderLake(tmp_path_factory.mktemp("lake"))) as made:
        yield made


def here(engine: Athena, expression: str) -> dict[str, Any] | None:
    """The answer here; None if it runs on Athena only."""
    try:
        ((value,),) = engine.query(f"SELECT {expression}").rows
    except UntranslatableError:
        return None
    except QueryError as error:
        return {"error": str(error)}
    return {"value": plain(value)}


def test_velox_says_the_same(engine: Athena) -> None:
    scalars = [one for ones in FUNCTIONS.values() for one in ones if one.use == "scalar"]
    expressions = [
        call for one in scalars if one.takes and one.name not in EXPLAINED for call in calls(one)
    ]
    differences, compared = [], set()
    for expression, theirs in zip(expressions, answered(expressions), strict=True):
        ours = here(engine, expression)
        unknown = any(one in theirs.get("error", "") for one in LACKING)
        if ours is None or not theirs or unknown:
            continue
        compared.add(expression.partition("(")[0])
        if ("value" in ours) != ("value" in theirs) or not equal(
            ours.get("value"), theirs.get("value")
        ):
            differences.append(f"{expression}: here {ours}, Velox {theirs}")

    print(f"{len(compared)} functions, {len(expressions)} calls")
    assert len(compared) >= 60
    assert not differences, "\n".join(differences)
