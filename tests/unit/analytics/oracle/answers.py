"""By view and named query: what it should answer; and how answers are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from numbers import Real
from typing import Any

import pytest

from . import others, queries, scores
from .lakes import Lake, Row
from .rows import files, shown

VIEWS: dict[str, Callable[[Lake], list[Row]]] = {
    "v_cases": others.cases,
    "v_checks": queries.rows_of("checks"),
    "v_clinical": queries.rows_of("clinical_scores"),
    "v_clinical_f1": others.clinical_f1,
    "v_comparison": scores.comparison,
    "v_daily_volume": others.daily_volume,
    "v_failure_reasons": others.failure_reasons,
    "v_failures": queries.rows_of("failures"),
    "v_files": lambda lake: [shown(row, "files") for row in files(lake)],
    "v_flag_rates": others.flag_rates,
    "v_impressions": queries.rows_of("impressions"),
    "v_latency": others.latency,
    "v_model_versions": scores.versions,
    "v_paired": scores.paired,
    "v_replaced": others.replaced_runs,
    "v_rouge": queries.rows_of("rouge_scores"),
    "v_rouge_box": scores.box,
    "v_rouge_describe": scores.describe,
    "v_rouge_histogram": scores.histogram,
    "v_rouge_mean": scores.means,
    "v_strata": scores.strata,
    "v_training_loss": queries.rows_of("training_metrics"),
}
QUERIES: dict[str, Callable[..., list[Row]]] = {
    "cases_with_flag": queries.cases_with_flag,
    "cost_per_thousand": queries.cost_per_thousand,
    "failures_of_source": queries.failures_of_source,
    "flags_of_source": queries.flags_of_source,
    "replayed_rows": queries.replayed_rows,
    "side_by_side": queries.side_by_side,
    "unread_lines": queries.unread_lines,
    "worst_cases": queries.worst_cases,
}
WITHIN = 1e-9


def _stored(value: Any) -> Any:
    """A value of an answer as it stands in the lake."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "milliseconds")
    return value.isoformat() if isinstance(value, date) else value


def _sorting(row: Row) -> tuple[list[str], list[str]]:
    """A place among the rows: by what is exact, then by rounded numbers."""
    texts, numbers = [], []
    for _, value in sorted(row.items()):
        if isinstance(value, Real) and not isinstance(value, bool):
            numbers.append(f"{value:.6f}")
        else:
            texts.append(repr(value))
            numbers.append("")
    return texts, numbers


def differences(found: Iterable[Row], wanted: Iterable[Row], *, in_order: bool) -> list[str]:
    """What differs between an answer and what it should be, in any order or in this one."""
    ours = [{name: _stored(value) for name, value in row.items()} for row in found]
    theirs = list(wanted)
    if not in_order:
        ours.sort(key=_sorting)
        theirs.sort(key=_sorting)
    if len(ours) != len(theirs):
        return [f"{len(ours)} rows instead of {len(theirs)}"]
    said = []
    for place, (one, other) in enumerate(zip(ours, theirs, strict=True)):
        if set(one) != set(other):
            return [f"columns: {sorted(set(one) ^ set(other))}"]
        said += [
            f"row {place}, {name}: {one[name]!r} instead of {other[name]!r}"
            for name in one
            if not _is_same(one[name], other[name])
        ]
    return said


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and other is not None and not isinstance(other, str):
        return bool(one == pytest.approx(other, abs=WITHIN, rel=WITHIN))
    return bool(one == other)
