"""The list of functions: every entry has a case, and every case is answered as Trino answers it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from analytics.engine.athena import Athena
from analytics.engine.functions import FUNCTIONS, SPECIAL
from analytics.engine.functions.elsewhere import ELSEWHERE
from analytics.errors import QueryError, UntranslatableError
from analytics.lake import FolderLake

_ROWS = "(VALUES (1, 1, 'a'), (2, null, 'a'), (3, 3, 'b'), (4, 3, 'b')) t(o, x, g)"
_PYTHON = {
    "D": Decimal,
    "d": date,
    "t": datetime,
    "nan": math.nan,
    "inf": math.inf,
}


def lines(name: str) -> list[str]:
    text = (Path(__file__).parent / "trino" / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Athena]:
    folder: Path = tmp_path_factory.mktemp("lake")
    with Athena(FolderLake(folder)) as made:
        yield made


def check(engine: Athena, expression: str, wanted: str, relation: str) -> None:
    expression = expression.replace("t(1)", "timestamp '2024-01-01 05:06:07.890'")
    expression = expression.replace("d(1)", "date '2024-01-01'")
    query = f"SELECT {expression} FROM {relation}"
    if wanted == "elsewhere":
        with pytest.raises(UntranslatableError):
            engine.query(query)
    elif wanted.startswith("!"):
        with pytest.raises(QueryError, match=wanted[1:]) as caught:
            engine.query(query)
        assert not isinstance(caught.value, UntranslatableError)
    else:
        values = eval(wanted, {}, _PYTHON)  # noqa: S307  # our own table
        rows = engine.query(query).rows
        if len(rows) == 1:
            same(rows[0], values if isinstance(values, tuple) else (values,))
        else:
            same(rows, values)


def same(found: Any, wanted: Any) -> None:
    if isinstance(wanted, (list, tuple)):
        assert len(found) == len(wanted), (found, wanted)
        for one, other in zip(found, wanted, strict=True):
            same(one, other)
    elif isinstance(wanted, float):
        assert isinstance(found, float), (found, wanted)
        assert found == pytest.approx(wanted, rel=1e-12, abs=1e-12, nan_ok=True)
    else:
        assert type(found) is type(wanted), (found, wanted)
        assert found == wanted


@pytest.mark.parametrize("line", lines("values"))
def test_a_value_is_trinos(engine: Athena, line: str) -> None:
    expression, _, wanted = line.rpartition(" => ")

    check(engine, expression, wanted, "(VALUES 3) t(x)")


@pytest.mark.parametrize("line", lines("aggregates"))
def test_an_aggregate_is_trinos(engine: Athena, line: str) -> None:
    expression, _, wanted = line.rpartition(" => ")

    check(engine, expression, wanted, _ROWS)


@pytest.mark.parametrize("line", lines("windows"))
def test_a_window_is_trinos(engine: Athena, line: str) -> None:
    expression, _, wanted = line.rpartition(" => ")

    check(engine, expression, wanted, f"{_ROWS} ORDER BY o")


def test_every_function_of_the_list_has_a_case() -> None:
    text = "\n".join(line for name in ("values", "aggregates", "windows") for line in lines(name))
    called = set(re.findall(r"\b(\w+)\s*\(", text.lower()))
    keywords = {"current_date", "current_timestamp", "localtimestamp", "localtime", "grouping"}

    assert (set(FUNCTIONS) | set(SPECIAL)) - called - keywords == set()


def test_no_function_is_on_two_lists() -> None:
    assert not ELSEWHERE & (set(FUNCTIONS) | set(SPECIAL))


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_what_runs_on_athena_only_is_refused_by_name(engine: Athena, name: str) -> None:
    with pytest.raises(QueryError) as caught:
        engine.query(f'SELECT "{name}"(x, x) FROM (VALUES 3) t(x)')

    assert name in str(caught.value)
    assert "runs on Athena only" in str(caught.value)
