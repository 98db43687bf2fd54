from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from analytics.engine.kinds import kind
from analytics.engine.results import Result, held

RESULT = Result(
    (
        ("name", "varchar"),
        ("n", "bigint"),
        ("share", "double"),
        ("at", "timestamp(3)"),
        ("day", "date"),
        ("yes", "boolean"),
        ("list", "array(varchar)"),
    ),
    (
        ('a "b",\nc', 2, 0.5, datetime(2026, 1, 2, 3, 4, 5, 678900), date(2026, 1, 2), True, ["x"]),  # noqa: DTZ001  # Athena's has no zone
        (None, None, float("nan"), None, None, None, []),
    ),
)


def test_csv_is_athenas() -> None:
    assert RESULT.as_csv() == (
        '"name","n","share","at","day","yes","list"\n'
        '"a ""b"",\nc","2","0.5","2026-01-02 03:04:05.678","2026-01-02","true","[x]"\n'
        ',,"NaN",,,,"[]"\n'
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1e10, "1.0E10"),
        (12345678.9, "1.23456789E7"),
        (9999999.0, "9999999.0"),
        (1e-5, "1.0E-5"),
        (0.001, "0.001"),
        (-2.5e-300, "-2.5E-300"),
        (-0.0, "-0.0"),
        (1 / 3, "0.3333333333333333"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (Decimal("0.0000000000"), "0.0000000000"),
        (Decimal("1E+3"), "1000"),
        (["a", None, 1e8], "[a, null, 1.0E8]"),
        ({"a": True, "b": None}, "{a=true, b=null}"),
        ([{"field0": 1, "field1": "x"}], "[{field0=1, field1=x}]"),
        (b"AB", "41 42"),
    ],
)
def test_values_are_written_as_athena_does(value: object, shown: str) -> None:
    result = Result((("a", "varchar"),), ((value,),))

    assert result.as_csv() == f'"a"\n"{shown}"\n'
    assert result.as_table().splitlines()[2] == shown


def test_json_is_an_array_of_objects() -> None:
    first, second = json.loads(RESULT.as_json())

    assert first == {
        "name": 'a "b",\nc',
        "n": 2,
        "share": 0.5,
        "at": "2026-01-02 03:04:05.678",
        "day": "2026-01-02",
        "yes": True,
        "list": ["x"],
    }
    assert second["share"] is None


def test_json_takes_what_else_there_is() -> None:
    row = (Decimal("1.5"), {"a": 1}, b"\x01")
    result = Result((("d", "decimal(2,1)"), ("m", "map"), ("b", "varbinary")), (row,))

    assert json.loads(result.as_json()) == [{"d": 1.5, "m": {"a": 1}, "b": "01"}]


def test_the_table_is_one_line_a_row() -> None:
    long = Result((("text", "varchar"),), (("word\n" * 40,),))

    lines = long.as_table().splitlines()

    assert len(lines) == 4
    assert lines[2].endswith("…")
    assert lines[3] == "(1 row)"
    assert Result((("a", "varchar"),), ()).as_table().endswith("(0 rows)")


@pytest.mark.parametrize(
    ("text", "value", "wanted"),
    [
        ("real", 0.10000000149011612, 0.1),
        ("double", 0.10000000149011612, 0.10000000149011612),
        ("daytime", 90_061_001, "1 01:01:01.001"),
        ("daytime", -1000, "-0 00:00:01.000"),
        ("yearmonth", 14, "1-2"),
        ("array(yearmonth)", [1, None], ["0-1", None]),
        ("timestamptz(3)", datetime(2026, 1, 2), "2026-01-02 00:00:00.000 UTC"),  # noqa: DTZ001  # Athena's has no zone
        ("map(varchar, real)", {"a": 0.10000000149011612}, {"a": 0.1}),
        ("bigint", None, None),
    ],
)
def test_values_are_athenas(text: str, value: Any, wanted: Any) -> None:
    assert held([(value,)], [kind(text)]) == ((wanted,),)
