"""The rows that stand: one per key, the newest, of uploads that no newer one has replaced."""

from __future__ import annotations

from typing import Any

from analytics.tables import TABLES

from .lakes import Lake, Row

# By table: what identifies a row, and the time that tells its duplicates apart.
KEYS = {
    "impressions": ("run_id", "record_index", "report_id", "model_role"),
    "rouge_scores": ("run_id", "record_index", "report_id", "model_role", "metric"),
    "clinical_scores": ("run_id", "record_index", "report_id", "model_role"),
    "checks": ("run_id", "record_index", "report_id", "model_role", "flag_index"),
    "failures": ("run_id", "record_index", "report_id", "model_role", "stage"),
    "files": ("run_id",),
    "training_metrics": ("training_job_name", "metric_name", "step", "epoch", "observed_at"),
}
TIMES = {
    "impressions": "generated_at",
    "rouge_scores": "scored_at",
    "clinical_scores": "scored_at",
    "checks": "checked_at",
    "failures": "failed_at",
    "training_metrics": "observed_at",
}
REPORT = ("run_id", "record_index", "report_id")
DRAFT = (*REPORT, "model_role")


def values(row: Row, names: tuple[str, ...]) -> tuple[Any, ...]:
    """The values of some columns; one that the row does not have is null."""
    return tuple(row.get(name) for name in names)


def columns(table: str) -> tuple[str, ...]:
    """The columns that a view on a table shows."""
    names = tuple(one.name for one in TABLES[table].columns if one.name != "schema_version")
    return (*names, "dt")


def shown(row: Row, table: str) -> Row:
    """A row as its view shows it."""
    return {name: row.get(name) for name in columns(table)}


def files(lake: Lake) -> list[Row]:
    """The newest finished upload of each key, as of its last message."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in lake.rows.get("files", []):
        found.setdefault(values(row, ("source_bucket", "source_key")), []).append(row)
    return [
        max(of, key=lambda row: (row["landed_at"], row["finished_at"])) for of in found.values()
    ]


def replaced(lake: Lake) -> set[str]:
    """Uploads that are finished and not the newest of their key."""
    return {row["run_id"] for row in lake.rows.get("files", [])} - {
        row["run_id"] for row in files(lake)
    }


def standing(lake: Lake, table: str) -> list[Row]:
    """The rows of a table's view."""
    gone, time = replaced(lake), TIMES[table]
    alive = [row for row in lake.rows.get(table, []) if row.get("run_id") not in gone]
    if table == "checks":  # the whole of a draft's last check, or none of it
        last: dict[tuple[Any, ...], str] = {}
        for row in alive:
            draft = values(row, DRAFT)
            last[draft] = max(last.get(draft, ""), row[time])
        alive = [row for row in alive if row[time] == last[values(row, DRAFT)]]
    alive.sort(key=lambda row: row.get(time) or "")
    return list({values(row, KEYS[table]): row for row in alive}.values())
