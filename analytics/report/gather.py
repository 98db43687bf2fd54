"""The content of the page, read from the lake through the views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from analytics.engine.athena import Athena
from analytics.report import cases
from chalicelib.output.baselines import ALL_ROLES
from chalicelib.output.scoring import METRICS

# The display order of models; others follow, sorted by name.
_MOST_FAILURES = 200
_NAMES = ("dataset", "model_role", "metric")
_PAIR = ("fine_tuned_id", "fine_tuned_version", "pre_trained_id", "pre_trained_version")
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
    counts: Row
    means: list[Row]
    gains: dict[str, list[Row]]
    describe: list[Row]
    boxes: dict[str, list[Row]]
    strata: list[Row]
    reasons: list[Row]
    failures: list[Row]
    volume: list[Row]
    versions: list[Row]
    latency: list[Row]
    cases: cases.Cases
    notes: list[str]

    @property
    def datasets(self) -> list[str]:
        """Datasets with scores."""
        return list(self.boxes)


def gather(athena: Athena, place: str, most_cases: int) -> Content:
    """Everything that the page shows; raises AwsError."""
    means = _by_model(athena.query("SELECT * FROM v_rouge_mean").dicts())
    boxes: dict[str, list[Row]] = defaultdict(list)
    for row in _by_metric(athena.query("SELECT * FROM v_rouge_box").dicts()):
        boxes[row["dataset"]].append(row)
    gains = _gains(athena.query("SELECT * FROM v_comparison").dicts())
    counts = athena.query(_COUNTS).dicts()[0]
    found = Content(
        place=place,
        counts=counts,
        means=means,
        gains=gains,
        describe=_by_metric(athena.query("SELECT * FROM v_rouge_describe").dicts()),
        boxes=dict(boxes),
        strata=_strata(athena.query("SELECT * FROM v_strata").dicts()),
        reasons=_ordered(athena, "v_failure_reasons", "failures DESC, dataset, error_type"),
        failures=_ordered(
            athena, "v_failures", f"dt DESC, source_key, record_index LIMIT {_MOST_FAILURES}"
        ),
        volume=_ordered(athena, "v_daily_volume", "dt DESC, lane, dataset LIMIT 60"),
        versions=_by_model(athena.query("SELECT * FROM v_model_versions").dicts()),
        latency=_ordered(athena, "v_latency", "dt DESC, model_role, endpoint_name LIMIT 60"),
        cases=cases.gather(athena, most_cases),
        notes=[],
    )
    found.notes.extend(_notes(found, athena.damaged))
    return found


def _ordered(athena: Athena, view: str, order: str) -> list[Row]:
    return athena.query(f"SELECT * FROM {view} ORDER BY {order}").dicts()  # noqa: S608  # ours


def _rank(role: str) -> tuple[int, str]:
    plain = role.split(" ", 1)[0]  # without a version
    return (ALL_ROLES.index(plain) if plain in ALL_ROLES else len(ALL_ROLES), role)


def _named(rows: list[Row]) -> list[Row]:
    """Fill in missing names: rows are sorted by them, and those of an older schema may lack one."""
    named = [row | {name: row[name] or "(none)" for name in _NAMES if name in row} for row in rows]
    return _with_versions(named)


def _with_versions(rows: list[Row]) -> list[Row]:
    """Add its version to the name of a model that a dataset has several versions of."""
    known: dict[tuple[str, str], set[tuple[Any, Any]]] = defaultdict(set)
    for row in rows:
        if "model_role" in row:
            version = row["model_id"], row["model_version"]
            known[row["dataset"], row["model_role"]].add(version)
    return [
        row | {"model_role": f"{row['model_role']} {row['model_id']}@{row['model_version']}"}
        if len(known.get((row["dataset"], row.get("model_role", "")), ())) > 1
        else row
        for row in rows
    ]


def _gains(rows: list[Row]) -> dict[str, list[Row]]:
    """By dataset: what fine-tuned versions gained; `pair` names them where there are several."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in _by_metric(rows):
        gains = (row[f"{name}_points"] for name in ("gain", "over_constant", "over_lead"))
        if any(gain is not None for gain in gains):
            found[row["dataset"]].append(row)
    for of in found.values():
        models = [tuple(row[name] or "none" for name in _PAIR) for row in of]
        for row, (one, version, other, older) in zip(of, models, strict=True):
            row["pair"] = f"{one}@{version}, {other}@{older}" if len(set(models)) > 1 else ""
    return dict(found)


def _by_model(rows: list[Row]) -> list[Row]:
    return sorted(_named(rows), key=lambda row: (row["dataset"], _rank(row["model_role"])))


def _by_metric(rows: list[Row]) -> list[Row]:
    def key(row: Row) -> tuple[Any, ...]:
        metric = row["metric"]
        place = METRICS.index(metric) if metric in METRICS else len(METRICS)
        pair = [row.get(name) or "" for name in _PAIR]
        return (row["dataset"], _rank(row.get("model_role", "")), place, metric, *pair)

    return sorted(_named(rows), key=key)


def _strata(rows: Iterable[Row]) -> list[Row]:
    """One row per dataset and version: ROUGE-1 and number of normal and of abnormal reports."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        if row["metric"] == "rouge1":
            names = ("dataset", "model_role", "model_id", "model_version")
            model = {name: row[name] for name in names}
            found.setdefault(tuple(model.values()), model)[row["stratum"]] = row
    return _by_model(list(found.values()))


def _notes(found: Content, damaged: list[str]) -> list[str]:
    """Notes on what is missing from the lake."""
    roles = {row["model_role"] for row in found.means}
    notes = [f"Skipped an unreadable object: {key}. Upload its file again." for key in damaged]
    if not found.counts["reports"]:
        notes.append("The lake contains no impressions yet.")
    elif not found.means:
        notes.append("No report has a radiologist's impression, so there are no scores.")
    if found.means and "fine-tuned" not in roles:
        notes.append("There are no scores for a fine-tuned model.")
    if found.means and "pre-trained" not in roles:
        notes.append("There are no scores for the pre-trained model: gains over it are empty.")
    if found.means and not any(role.startswith("baseline-") for role in roles):
        notes.append("There are no baselines: upload reports to the evaluation lane to get them.")
    if len(found.datasets) == 1:
        notes.append("There is only one dataset: results cannot be compared across hospitals.")
    notes.extend(cases.notes(found.cases))
    return notes
