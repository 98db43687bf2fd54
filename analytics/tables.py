"""The lake's tables: columns, types and comments, in the one place that everything comes from.

`python -m analytics build` writes the Lambda's row types, the Glue tables and docs/tables.md from
here; the local engine reads it directly. Only the standard library: nothing of it is in the zip.
Columns are only ever added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["string", "double", "int", "bigint", "boolean", "timestamp", "date", "array<string>"]

SCHEMA_VERSION = 1
PARTITION = "dt"
FIRST_DAY = "2026-01-01"  # no lake is older; partition projection counts from here


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `kind` in Glue's words (Hive), `optional` when a row may hold null."""

    name: str
    kind: Kind
    comment: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the lake: `lake/<name>/dt=YYYY-MM-DD/<object>.jsonl.gz`.

    `key` are the columns that tell a row from every other; `newest` orders what a replay wrote
    twice. `row_type` is the struct that the Lambda writes, None where no Lambda does.
    """

    name: str
    comment: str
    key: tuple[str, ...]
    newest: str
    row_type: str | None
    columns: tuple[Column, ...]

    @property
    def kinds(self) -> dict[str, Kind]:
        """Types by column, the partition last, as Athena lists them."""
        return {**{one.name: one.kind for one in self.columns}, PARTITION: "date"}


def _c(name: str, kind: Kind, comment: str, *, optional: bool = False) -> Column:
    return Column(name, kind, comment, optional)


_RUN = _c("run_id", "string", "Object id: hash of the landing object's bucket, key and ETag")
_REPORT = _c("report_id", "string", "The record's own id, or the object id and the record's index")
_INDEX = _c("record_index", "int", "Place of the record in its file, from 0")
_LANE = _c("lane", "string", "incoming, evaluation or nightly")
_DATASET = _c("dataset", "string", "First path segment after the lane: source or evaluation set")
_ROLE = _c("model_role", "string", "fine-tuned, pre-trained, baseline-constant or baseline-lead")
_MODEL = _c("model_id", "string", "Model as it was registered")
_VERSION = _c("model_version", "string", "Version as it was registered")
_BUCKET = _c("source_bucket", "string", "Landing bucket")
_KEY = _c("source_key", "string", "Landing key")
_ETAG = _c("source_etag", "string", "ETag of the landing object")
_OBJECT_VERSION = _c(
    "source_version_id", "string", "S3 version of the landing object", optional=True
)
_SCHEMA = _c("schema_version", "int", "Version of the row's form")

IMPRESSIONS = Table(
    name="impressions",
    comment="One model's draft for one record. Holds report text.",
    key=("run_id", "record_index", "report_id", "model_role"),
    newest="generated_at",
    row_type="ImpressionRow",
    columns=(
        _REPORT,
        _RUN,
        _INDEX,
        _LANE,
        _DATASET,
        _ROLE,
        _MODEL,
        _VERSION,
        _c("endpoint_name", "string", "Endpoint that drafted; empty for baselines and batches"),
        _c("prompt_sha256", "string", "Hash of the prompt's template"),
        _c("findings", "string", "Findings as they were sent in (report text)"),
        _c(
            "reference_impression",
            "string",
            "The radiologist's own impression (report text)",
            optional=True,
        ),
        _c("generated_impression", "string", "The draft (report text)"),
        _c("stratum", "string", "normal or abnormal, from the reference", optional=True),
        _c("flags", "array<string>", "What is noteworthy about the record"),
        _c("metadata", "string", "The record's other fields, as JSON text", optional=True),
        _c("latency_ms", "double", "Time of the endpoint call that drafted, milliseconds"),
        _c(
            "call_records",
            "int",
            "Records that shared the call; its time divided by them is a record's share",
            optional=True,
        ),
        _c("output_truncated", "boolean", "The draft may end before its end"),
        _BUCKET,
        _KEY,
        _ETAG,
        _OBJECT_VERSION,
        _c("generated_at", "timestamp", "LastModified of the landing object, UTC"),
        _SCHEMA,
    ),
)
ROUGE_SCORES = Table(
    name="rouge_scores",
    comment="One metric of one draft, or of one baseline; no report text.",
    key=("run_id", "record_index", "report_id", "model_role", "metric"),
    newest="scored_at",
    row_type="RougeRow",
    columns=(
        _REPORT,
        _RUN,
        _INDEX,
        _LANE,
        _DATASET,
        _ROLE,
        _MODEL,
        _VERSION,
        _c("stratum", "string", "normal or abnormal, from the reference"),
        _c("metric", "string", "rouge1, rouge2, rougeL or rougeLsum"),
        _c("rouge_precision", "double", "Precision, 0 to 1"),
        _c("rouge_recall", "double", "Recall, 0 to 1"),
        _c("fmeasure", "double", "F1, 0 to 1"),
        _c("scorer", "string", "Package and version that scored"),
        _KEY,
        _c("scored_at", "timestamp", "LastModified of the landing object, UTC"),
        _SCHEMA,
    ),
)
FAILURES = Table(
    name="failures",
    comment="One record, or one whole object (record_index null), without an impression.",
    key=("run_id", "record_index", "report_id", "model_role", "stage"),
    newest="failed_at",
    row_type="FailureRow",
    columns=(
        _RUN,
        _LANE,
        _DATASET,
        _c(_INDEX.name, "int", "Place in the file; null: the whole file", optional=True),
        _c(_REPORT.name, "string", "The record's own id, where it has one", optional=True),
        _c(_ROLE.name, "string", "The model that failed, null when none was asked", optional=True),
        _c("stage", "string", "Where it failed: read (the file), decode (the record) or model"),
        _c("error_type", "string", "Class of the error"),
        _c("error_message", "string", "What is wrong, without report text"),
        _c("retryable", "boolean", "Whether trying again may help"),
        _BUCKET,
        _KEY,
        _ETAG,
        _OBJECT_VERSION,
        _c("failed_at", "timestamp", "LastModified of the landing object, UTC"),
        _SCHEMA,
    ),
)
FILES = Table(
    name="files",
    comment="One landing object, done.",
    key=("run_id",),
    newest="finished_at",
    row_type="FileRow",
    columns=(
        _RUN,
        _LANE,
        _DATASET,
        _BUCKET,
        _KEY,
        _ETAG,
        _OBJECT_VERSION,
        _c("source_size", "bigint", "Size of the landing object, bytes", optional=True),
        _c("status", "string", "complete, partial or failed"),
        _c("records_total", "int", "Records in the file"),
        _c("records_ok", "int", "Records with an impression"),
        _c("records_failed", "int", "Records without"),
        _c("chunks", "int", "Messages that the file was worked on in"),
        _c("result_key", "string", "Key of the result document"),
        _c("attempt", "int", "Which receive of the last message finished it"),
        _c("lambda_request_id", "string", "The invocation that finished it"),
        _c("landed_at", "timestamp", "LastModified of the landing object, UTC"),
        _c("started_at", "timestamp", "Begin of the work, UTC"),
        _c("finished_at", "timestamp", "End of the work, UTC"),
        _SCHEMA,
    ),
)
TRAINING_METRICS = Table(
    name="training_metrics",
    comment="One figure of one training job.",
    key=("training_job_name", "metric_name", "step", "epoch", "observed_at"),
    newest="observed_at",
    row_type=None,
    columns=(
        _c("training_job_name", "string", "SageMaker training job"),
        _MODEL,
        _c(_VERSION.name, "string", "The job's name: each job makes one version"),
        _c("metric_name", "string", "train_loss, val_loss …"),
        _c("step", "double", "Optimiser step", optional=True),
        _c("epoch", "double", "Epochs done", optional=True),
        _c("value", "double", "The figure"),
        _c("observed_at", "timestamp", "When it was logged, UTC"),
        _SCHEMA,
    ),
)
TABLES = {one.name: one for one in (IMPRESSIONS, ROUGE_SCORES, FAILURES, FILES, TRAINING_METRICS)}

# Glue's word for a type (Hive) in Athena's SQL and in DuckDB.
TRINO: dict[Kind, str] = {
    "string": "varchar",
    "double": "double",
    "int": "integer",
    "bigint": "bigint",
    "boolean": "boolean",
    "timestamp": "timestamp(3)",
    "date": "date",
    "array<string>": "array(varchar)",
}
DUCKDB: dict[Kind, str] = {
    "string": "VARCHAR",
    "double": "DOUBLE",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "array<string>": "VARCHAR[]",
}
