"""docs/cost.md has the tables that its command writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.cost import __main__ as command
from benchmarks.cost import cases, page
from benchmarks.cost.counts import read_counts
from benchmarks.cost.month import Inputs, bill
from benchmarks.scale import design
from benchmarks.scale.prices import read_prices
from benchmarks.scale.service_times import read_measured
from common.errors import UsageError


def test_the_page_is_current() -> None:
    inputs = Inputs(read_counts(), read_measured(), design.read(), read_prices())
    text = page.PAGE.read_text(encoding="utf-8")

    found = page.tables(cases.examples(), inputs)

    assert page.written(text, found) == text, "run python -m benchmarks.cost --write"


def test_the_text_says_what_the_tables_say() -> None:
    inputs = Inputs(read_counts(), read_measured(), design.read(), read_prices())
    text = " ".join(page.PAGE.read_text(encoding="utf-8").split())
    shares = []
    for one in cases.examples():
        lines = bill(one, inputs)
        total = sum(line.dollars for line in lines)
        endpoint = sum(line.dollars for line in lines if line.service == "endpoint")
        athena = sum(line.dollars for line in lines if line.service == "Athena")
        shares.append((endpoint / total, athena / (total - endpoint - athena)))

    hospital, hundred, country = (f"{100 * share:.0f} %" for share, _ in shares)
    assert f"{hospital} of it for one hospital, {hundred} for a hundred and {country} for" in text
    assert "nearly four times everything else" in text
    assert 3.5 < shares[-1][1] < 4


def test_a_page_without_a_mark_is_refused() -> None:
    with pytest.raises(UsageError, match="month"):
        page.written("# Nothing\n", {"month": "a table"})


def test_a_case_of_ones_own_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "prices.json"
    own.write_text('{"endpoint_hour": 1000.0}', encoding="utf-8")

    status = command.main(["--hospitals", "2", "--reports", "10", "--prices", str(own)])

    out = capsys.readouterr().out
    assert status == 0
    assert "2 hospitals, 10 reports a day each" in out
    assert "| endpoint: instance hours | 720 | 720,000.00 |" in out


def test_prices_that_do_not_exist_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "prices.json"
    own.write_text('{"endpoint_minute": 1.0}', encoding="utf-8")

    status = command.main(["--prices", str(own)])

    assert status == 2
    assert "endpoint_minute" in capsys.readouterr().err
