"""What the named queries should answer, and in which order."""

from __future__ import annotations

from collections import Counter
from typing import Any

from analytics.tables import TABLES

from .lakes import Lake, Row
from .others import cases, latency
from .rows import DRAFT, KEYS, shown, standing, values

DANGER = {"wrong_side", "contradicted", "normal_draft_abnormal_findings"}


def _last(value: Any) -> tuple[bool, Any]:
    """A sort key: null comes last."""
    return value is None, 0 if value is None else value


def _descending(day: str) -> int:
    return -int(day.replace("-", ""))


def cost_per_thousand(lake: Lake, price: str) -> list[Row]:
    names: tuple[str, ...] = ("dt", "model_role", "model_version", "endpoint_name", "drafts")
    found = []
    for row in latency(lake):
        seconds = row["busy_ms"] / 1000
        cost = seconds / 3600 * float(price) / row["drafts"] * 1000
        made = {name: row[name] for name in names} | {"busy_seconds": seconds}
        found.append(made | {"cost_per_thousand": cost})
    place = ("model_role", "model_version", "endpoint_name")
    return sorted(found, key=lambda r: (_descending(r["dt"]), values(r, place)))


def failures_of_source(lake: Lake, dataset: str) -> list[Row]:
    names: tuple[str, ...] = (
        "dt",
        "source_key",
        "record_index",
        "report_id",
        "stage",
        "error_type",
    )
    names += ("error_message", "retryable")
    rows = [r for r in standing(lake, "failures") if r["dataset"] == dataset]
    rows.sort(
        key=lambda r: (
            _descending(r["dt"]),
            values(r, ("source_key", "run_id")),
            _last(r["record_index"]),
            _last(r["model_role"]),
            r["stage"],
        )
    )
    return [{name: row[name] for name in names} for row in rows]


def flags_of_source(lake: Lake, dataset: str) -> list[Row]:
    names: tuple[str, ...] = (
        "dt",
        "source_key",
        "record_index",
        "report_id",
        "model_role",
        "model_version",
    )
    names += ("stratum", "flag", "findings_spans", "draft_spans")
    rows = [r for r in standing(lake, "checks") if r["dataset"] == dataset and r["flag"]]
    place = ("source_key", "run_id", "record_index", "model_role", "flag_index")
    rows.sort(key=lambda r: (r["flag"] not in DANGER, _descending(r["dt"]), values(r, place)))
    return [{name: row[name] for name in names} for row in rows]


def cases_with_flag(lake: Lake, dataset: str, flag: str) -> list[Row]:
    texts = {values(row, DRAFT): row for row in standing(lake, "impressions")}
    rows = [r for r in standing(lake, "checks") if (r["dataset"], r["flag"]) == (dataset, flag)]
    place = ("source_key", "run_id", "record_index", "model_role", "flag_index")
    rows.sort(key=lambda r: (_descending(r["dt"]), values(r, place)))
    names: tuple[str, ...] = (
        "dt",
        "report_id",
        "model_role",
        "model_version",
        "stratum",
        "source_key",
    )
    text = ("findings", "reference_impression", "generated_impression")
    return [
        {name: row[name] for name in (*names, "record_index")}
        | {name: texts[values(row, DRAFT)][name] for name in text}
        | {"reason": f"{flag}, in words"}
        for row in rows
    ]


def side_by_side(lake: Lake, report: str) -> list[Row]:
    names: tuple[str, ...] = ("dataset", "model_role", "model_version", "rouge1", "findings")
    names += ("reference_impression", "generated_impression")
    rows = [row for row in cases(lake) if row["report_id"] == report]
    rows.sort(key=lambda r: values(r, ("dataset", "run_id", "record_index", "model_role")))
    return [{name: row[name] for name in names} for row in rows]


def worst_cases(lake: Lake, dataset: str, role: str) -> list[Row]:
    found = []
    for row in cases(lake):
        danger = len(DANGER & set(row["flags"] or ()))
        danger += row["facts_stratum"] == "abnormal" and row["draft_stratum"] == "normal"
        is_listed = danger > 0 or row["rouge1"] is not None
        if is_listed and (row["dataset"], row["model_role"]) == (dataset, role):
            found.append(row | {"danger": danger})
    found.sort(
        key=lambda r: (
            -r["danger"],
            _last(r["clinical_f1"]),
            _last(r["rouge1"]),
            values(r, ("report_id", "run_id")),
            _last(r["record_index"]),
        )
    )
    names: tuple[str, ...] = (
        "report_id",
        "stratum",
        "rouge1",
        "findings",
        "reference_impression",
        "source_key",
    )
    names += ("generated_impression", "model_version", "danger", "flags", "check_sentences")
    return [{name: row[name] for name in (*names, "clinical_f1")} for row in found[:50]]


def replayed_rows(lake: Lake) -> list[Row]:
    found = []
    for table in sorted(TABLES):
        stored = Counter(row["dt"] for row in lake.rows.get(table, []))
        keys = {(row["dt"], values(row, KEYS[table])) for row in lake.rows.get(table, [])}
        for day in sorted(stored):
            replays = stored[day] - sum(one == day for one, _ in keys)
            row = {"dt": day, "rows_stored": stored[day], "replays": replays}
            found.append(row | {"table_name": table})
    return found


def unread_lines(lake: Lake) -> list[Row]:
    found = [{"table_name": table, "dt": day, "lines": 1} for table, day in lake.unread]
    return sorted(found, key=lambda row: (row["table_name"], row["dt"]))


def rows_of(table: str) -> Any:
    """The rows of a table's view."""
    return lambda lake: [shown(row, table) for row in standing(lake, table)]
