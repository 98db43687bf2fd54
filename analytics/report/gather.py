"""The content of the page, read from the lake through the views."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from analytics.engine.athena import Athena
from analytics.report import cases, scores, tables
from analytics.report.differences import Compared, compare
from analytics.report.flags import Rates, rates, settings_notes
from analytics.report.scope import Scope
from analytics.report.scores import Scores
from analytics.report.tables import Agreement, Distribution, Line
from analytics.report.tiles import Tile, tiles

_MOST_FAILURES = 200
Row = dict[str, Any]

_COUNTS = """
SELECT count(DISTINCT run_id || '/' || CAST(record_index AS varchar)) AS reports,
       count(DISTINCT CASE WHEN reference_impression IS NOT NULL
                           THEN run_id || '/' || CAST(record_index AS varchar) END) AS scored,
       min(dt) AS first_day, max(dt) AS last_day
FROM v_impressions
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Rows as dictionaries keyed by the views' columns; `cases` as in cases.py."""

    place: str
    scope: Scope
    counts: Row
    tiles: list[Tile]
    scores: Scores
    means: list[Line]
    compared: Compared
    distributions: list[Distribution]
    agreement: list[Agreement]
    flags: list[Rates]
    reasons: list[Row]
    failures: list[Row]
    volume: list[Row]
    latency: list[Row]
    cases: cases.Cases
    notes: list[str]


def gather(athena: Athena, place: str, most_cases: int, scope: Scope | None = None) -> Content:
    """Everything that the page shows; raises AwsError, and UsageError for a wrong `scope`."""
    scope = scope or Scope()
    scope.apply(athena)
    read = scores.read(athena)
    flags = rates(athena, read)
    counts = athena.query(_COUNTS).dicts()[0]
    found = Content(
        place=place,
        scope=scope,
        counts=counts,
        tiles=tiles(athena, counts["reports"], counts["scored"], read, flags),
        scores=read,
        means=tables.means(read),
        compared=compare(athena, read),
        distributions=tables.distributions(read),
        agreement=tables.agreement(list(read.datasets.values())),
        flags=flags,
        reasons=_ordered(athena, "v_failure_reasons", "failures DESC, dataset, error_type"),
        failures=_ordered(
            athena, "v_failures", f"dt DESC, source_key, record_index LIMIT {_MOST_FAILURES}"
        ),
        volume=_ordered(athena, "v_daily_volume", "dt DESC, lane, dataset LIMIT 60"),
        latency=_ordered(athena, "v_latency", "dt DESC, model_role, endpoint_name LIMIT 60"),
        cases=cases.gather(athena, most_cases),
        notes=[],
    )
    found.notes.extend([*_notes(found, athena.damaged), *settings_notes(flags)])
    return found


def _ordered(athena: Athena, view: str, order: str) -> list[Row]:
    return athena.query(f"SELECT * FROM {view} ORDER BY {order}").dicts()  # noqa: S608  # ours


def _notes(found: Content, damaged: list[str]) -> list[str]:
    """Notes on what is missing from the lake or not shown, and why."""
    notes = [f"Skipped an unreadable object: {key}. Upload its file again." for key in damaged]
    if not found.counts["reports"]:
        notes.append(
            "No impression matches the restriction above."
            if found.scope
            else "The lake contains no impressions yet."
        )
    elif not found.means:
        notes.append("No report has a radiologist's impression, so there are no scores.")
    if found.means:
        notes += _notes_on_scores(found)
    notes += cases.notes(found.cases)
    return notes


def _notes_on_scores(found: Content) -> Iterable[str]:
    roles = {model.role for model in found.scores.seen}
    if "fine-tuned" not in roles:
        yield "There are no scores for a fine-tuned model."
    if "pre-trained" not in roles:
        yield "There are no scores for the pre-trained model, so there is no gain over it."
    if not any(role.startswith("baseline-") for role in roles):
        yield "There are no baselines: upload reports to the evaluation lane to get them."
    if len(found.scores.datasets) == 1 and not found.scope.datasets:
        yield "There is only one dataset: results cannot be compared across hospitals."
    if found.scores.repeats:
        yield "ROUGE-Lsum is not shown: it equals ROUGE-L for every draft here."
    if scores.CLINICAL not in found.scores.metrics:
        yield "No draft has a clinical F1: the rows were written before it existed."
    yield from found.compared.notes
