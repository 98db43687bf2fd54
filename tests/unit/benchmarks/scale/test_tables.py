from typing import Any

from benchmarks.scale import system, tables, traffic
from benchmarks.scale.design import Design
from benchmarks.scale.figures import figures_of
from benchmarks.scale.night import Night
from benchmarks.scale.sweep import Cell
from tests.unit.benchmarks.conftest import MEASURED


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in text.splitlines()]


def test_a_table_has_a_column_for_every_heading() -> None:
    assert rows(tables.table(["a", "b"], [["1", "2"]])) == [["a", "b"], ["---", "---:"], ["1", "2"]]


def test_the_sweep_has_a_row_per_pair_and_a_column_per_load() -> None:
    cells = [
        Cell(16, 8, window, wait, load, 78.4, 1.23, 4.56)
        for window, wait in ((0.0, False), (1.0, False), (1.0, True))
        for load in ("low", "high")
    ]

    heading, _, first, *others = rows(tables.sweep_table(cells))

    assert heading[1:] == ["low", "high"]
    assert first == ["16 · 8 · 0", "78 · 1.2 · 4.6", "78 · 1.2 · 4.6"]
    assert [row[0] for row in others] == ["16 · 8 · 1", "16 · 8 · 1 (up to 20)"]


def test_the_tables_of_a_run_have_its_name_and_its_figures(
    base: Design, exact: dict[str, Any]
) -> None:
    found = {"tonight": figures_of(system.run(base, traffic.backlog(1000), **exact), MEASURED)}

    days, stores, costs = (
        rows(made(found))[2] for made in (tables.day_table, tables.store_table, tables.cost_table)
    )

    assert {days[0], stores[0], costs[0]} == {"tonight"}
    # a day of 1,000 objects per table: 30,000 in a month
    assert stores[5:9] == ["3,000", "30,000", "0.0120", "5"]
    assert days[-1] == "0"


def test_the_nights_are_in_minutes() -> None:
    one = Night(60.0, 120.0, 180.0, 240.0, 2, 1.5)

    assert rows(tables.night_table({"a": one}))[2] == [
        *("a", "1.0", "2.0", "3.0", "4.0", "10.0", "2", "1.50"),
    ]
