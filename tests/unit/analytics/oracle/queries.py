"""What the named queries should answer, and in which order."""

from __future__ import annotations

from collections import Counter
from typing import Any

from analytics.tables import TABLES

from .lakes import Lake, Row
from .others import cases
from .rows import DRAFT, KEYS, shown, standing, values

DANGER = {"wrong_side", "contradicted", "normal_draft_abnormal_findings"}


def _last(value: Any) -> tuple[bool, Any]:
    """A sort key: null comes last."""
    return value is None, 0 if value is None else value


def _descending(day: str) -> int:
    return -int(day.replace("-", ""))


def cost_per_thousand(lake: Lake, price: str, hours: str, instances: str) -> list[Row]:
    drafts: dict[tuple[str, ...], list[float]] = {}
    of_endpoint: dict[tuple[str, str], list[float]] = {}
    for row in standing(lake, "impressions"):
        at, name = row["dt"], row.get("endpoint_name") or ""
        if not name and (not row.get("latency_ms") or row.get("call_records") is None):
            continue  # a baseline
        seconds = row["latency_ms"] / 1000 / (row.get("call_records") or 1)
        drafts.setdefault((at, row["model_role"], row["model_version"], name), []).append(seconds)
        of_endpoint.setdefault((at, name), []).append(seconds)
    found = []
    for (at, role, version, name), shares in drafts.items():
        busy, count, together = sum(shares), len(shares), of_endpoint[at, name]
        used = busy / 3600 * (1 if name else float(instances))
        paid = float(hours) * count / len(together) if name else used
        found.append(
            {
                "dt": at,
                "model_role": role,
                "model_version": version,
                "endpoint_name": name,
                "drafts": count,
                "busy_seconds": busy,
                "cost_per_thousand": used * float(price) / count * 1000,
                "paid_per_thousand": paid * float(price) / count * 1000,
                "busy_share": sum(together) / 3600 / float(hours) if name else None,
            }
        )
    place = ("model_role", "endpoint_name", "model_version")
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
