from __future__ import annotations

import pytest

from benchmarks.checks.agreement import Counts


def test_precision_recall_and_f1() -> None:
    counts = Counts.of({"a", "b", "c"}, {"b", "c", "d", "e"}) + Counts(2, 0, 0)

    assert counts == Counts(4, 1, 2)
    assert (counts.precision, counts.recall) == (4 / 5, 4 / 6)
    assert counts.f1 == pytest.approx(8 / 11)


def test_nothing_agrees_with_nothing() -> None:
    assert (Counts().precision, Counts().recall, Counts().f1) == (0.0, 0.0, 0.0)
