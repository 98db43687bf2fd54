"""The content of the page, read from the lake through the views."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from analytics.engine.athena import Athena
from analytics.report import scores, tables
from analytics.report.differences import Compared, compare
from analytics.report.flags import Rates, rates
from analytics.report.scope import Scope
from analytics.report.scores import Scores
from analytics.report.scores import rank as _rank
from analytics.report.tables import Agreement, Distribution, Line
from analytics.report.tiles import Tile, tiles

_MOST_FAILURES = 200
Row = dict[str, Any]

# Lowest score first: the fine-tuned model's if it has one, otherwise the lowest of any model.
_CASES = """
WITH c AS (
  SELECT run_id, record_index, report_id, dataset, stratum, source_key, findings,
         reference_impression, model_role, model_version, rouge1, generated_impression
  FROM v_cases
  WHERE rouge1 IS NOT NULL AND model_role NOT LIKE 'baseline-%'
),
worst AS (
  SELECT run_id, record_index, report_id,
         coalesce(max(rouge1) FILTER (WHERE model_role = 'fine-tuned'), min(rouge1)) AS score
  FROM c
  GROUP BY run_id, record_index, report_id
  ORDER BY score, report_id, run_id, record_index
  LIMIT {most}
)
SELECT c.*, w.score
FROM c
JOIN worst w ON w.run_id = c.run_id AND w.record_index = c.record_index
            AND w.report_id = c.report_id
ORDER BY w.score, c.report_id, c.run_id, c.record_index, c.model_role
"""
_COUNTS = """
SELECT count(DISTINCT run_id || '/' || CAST(record_index AS varchar)) AS reports,
       count(DISTINCT CASE WHEN reference_impression IS NOT NULL
                           THEN run_id || '/' || CAST(record_index AS varchar) END) AS scored,
       min(dt) AS first_day, max(dt) AS last_day
FROM v_impressions
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Rows as dictionaries keyed by the views' columns; `cases` in the page script's format."""

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
    cases: list[Row]
    notes: list[str]


def gather(athena: Athena, place: str, most_cases: int, scope: Scope | None = None) -> Content:
    """Everything that the page shows; raises AwsError, and UsageError for a wrong `scope`."""
    scope = scope or Scope()
    scope.apply(athena)
    read = scores.read(athena)
    flags = rates(athena, read)
    cases = _cases(athena.query(_CASES.format(most=int(most_cases))).dicts())
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
        cases=cases,
        notes=[],
    )
    found.notes.extend(_notes(found, athena.damaged))
    return found


def _ordered(athena: Athena, view: str, order: str) -> list[Row]:
    return athena.query(f"SELECT * FROM {view} ORDER BY {order}").dicts()  # noqa: S608  # ours


def _cases(rows: Iterable[Row]) -> list[Row]:
    """One case per report, with every model's draft. Keys are short: there may be thousands."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = row["run_id"], row["record_index"], row["report_id"]
        case = found.setdefault(
            key,
            {
                "i": row["report_id"] or "",
                "d": row["dataset"] or "",
                "s": row["stratum"] or "",
                "k": row["source_key"] or "",
                "f": row["findings"] or "",
                "r": row["reference_impression"] or "",
                "m": [],
            },
        )
        draft = row["generated_impression"] or ""
        score, version = round(row["rouge1"], 4), row["model_version"] or ""
        case["m"].append([row["model_role"] or "", score, draft, version])
    for case in found.values():
        case["m"].sort(key=lambda draft: _rank(draft[0]))
    return list(found.values())


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
    if found.counts["reports"] and not found.flags:
        notes.append("No draft was checked against its findings (parameter DraftChecks).")
    shown, scored = len(found.cases), found.counts["scored"] or 0
    if shown < scored:
        notes.append(f"Only the {shown} worst of {scored} cases are shown.")
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
