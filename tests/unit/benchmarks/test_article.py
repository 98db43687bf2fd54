from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.article import loop_seconds
from benchmarks.curve.cost import CostCurve
from benchmarks.curve.endpoint import CurveEndpoint, serving
from benchmarks.reports import records
from chalicelib.settings import Model

MODEL = Model("fine-tuned", "endpoint", "model", "1")


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[CurveEndpoint]:
    with serving(CostCurve(call_ms=20, record_ms=5), tmp_path / "log") as running:
        yield running


def test_the_loop_makes_one_call_after_the_other_for_one_report_each(
    endpoint: CurveEndpoint,
) -> None:
    taken = loop_seconds(endpoint.url, MODEL, records(10, "loop"))

    assert endpoint.counts().calls_of == {1: 10}
    assert taken >= 10 * 0.025
