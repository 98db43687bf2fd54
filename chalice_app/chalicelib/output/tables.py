"""The rows of the lake's tables, one struct a table; written by `python -m analytics build`.

Change analytics/tables.py, not this. Columns are only ever added; `schema_version` tells the
readers which ones to expect. Times are UTC, `YYYY-MM-DD HH:MM:SS.mmm`. Every time but
`files.started_at` and `files.finished_at` is the landing object's LastModified, so that a replay
writes the same row again.
"""

from __future__ import annotations

import msgspec

SCHEMA_VERSION = 1


class ImpressionRow(msgspec.Struct, kw_only=True):
    """One model's draft for one record. Holds report text."""

    report_id: str
    run_id: str
    record_index: int
    lane: str
    dataset: str
    model_role: str
    model_id: str
    model_version: str
    endpoint_name: str
    prompt_sha256: str
    findings: str
    reference_impression: str | None
    generated_impression: str
    stratum: str | None
    flags: list[str]
    metadata: str | None
    latency_ms: float
    call_records: int | None
    output_truncated: bool
    source_bucket: str
    source_key: str
    source_etag: str
    source_version_id: str | None
    generated_at: str
    schema_version: int = SCHEMA_VERSION


class RougeRow(msgspec.Struct, kw_only=True):
    """One metric of one draft, or of one baseline; no report text."""

    report_id: str
    run_id: str
    record_index: int
    lane: str
    dataset: str
    model_role: str
    model_id: str
    model_version: str
    stratum: str
    metric: str
    rouge_precision: float
    rouge_recall: float
    fmeasure: float
    scorer: str
    source_key: str
    scored_at: str
    schema_version: int = SCHEMA_VERSION


class FailureRow(msgspec.Struct, kw_only=True):
    """One record, or one whole object (record_index null), without an impression."""

    run_id: str
    lane: str
    dataset: str
    record_index: int | None
    report_id: str | None
    model_role: str | None
    stage: str
    error_type: str
    error_message: str
    retryable: bool
    source_bucket: str
    source_key: str
    source_etag: str
    source_version_id: str | None
    failed_at: str
    schema_version: int = SCHEMA_VERSION


class FileRow(msgspec.Struct, kw_only=True):
    """One landing object, done."""

    run_id: str
    lane: str
    dataset: str
    source_bucket: str
    source_key: str
    source_etag: str
    source_version_id: str | None
    source_size: int | None
    status: str
    records_total: int
    records_ok: int
    records_failed: int
    chunks: int
    result_key: str
    attempt: int
    lambda_request_id: str
    landed_at: str
    started_at: str
    finished_at: str
    schema_version: int = SCHEMA_VERSION


Row = ImpressionRow | RougeRow | FailureRow | FileRow
TABLES: dict[type[Row], str] = {
    ImpressionRow: "impressions",
    RougeRow: "rouge_scores",
    FailureRow: "failures",
    FileRow: "files",
}
