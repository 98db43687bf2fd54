"""The lake's tables: the single source of their columns, types and comments.

`python -m analytics build` generates the Lambda's row types, the Glue tables and docs/tables.md
from this module; the local engine reads it directly. It is not part of the zip and imports only
the standard library. Columns are only ever added.
"""

from __future__ import annotations

from analytics.schema import Column, Kind, Table

SCHEMA_VERSION = 1
# The catalog, and the database if the stack's parameter DatabaseName is not set.
CATALOG = "awsdatacatalog"
DATABASE = "radiology_impressions"
FIRST_DAY = "2026-01-01"  # no lake is older; partition projection starts here


def _c(name: str, kind: Kind, comment: str, *, optional: bool = False) -> Column:
    return Column(name, kind, comment, optional)


def _text(name: str, comment: str, *, optional: bool = False) -> Column:
    return Column(name, "string", comment, optional, report_text=True)


_RUN = _c("run_id", "string", "Object id: hash of the landing object's bucket, key and S3 version")
_REPORT = _c("report_id", "string", "The record's own id, or the object id and the record's index")
_INDEX = _c("record_index", "int", "Position of the record in its file, from 0")
_LANE = _c("lane", "string", "incoming, evaluation or nightly")
_DATASET = _c("dataset", "string", "First path segment after the lane: source or evaluation set")
_ROLE = _c("model_role", "string", "fine-tuned, pre-trained, baseline-constant or baseline-lead")
_MODEL = _c("model_id", "string", "Model id as registered")
_VERSION = _c("model_version", "string", "Model version as registered")
_BUCKET = _c("source_bucket", "string", "Landing bucket")
_KEY = _c("source_key", "string", "Key of the landing object")
_ETAG = _c("source_etag", "string", "ETag of the landing object")
_OBJECT_VERSION = _c(
    "source_version_id", "string", "S3 version of the landing object", optional=True
)
_SCHEMA = _c("schema_version", "int", "Version of the row's schema")

# What the rows of a draft begin with.
_DRAFT = (_REPORT, _RUN, _INDEX, _LANE, _DATASET, _ROLE, _MODEL, _VERSION)

IMPRESSIONS = Table(
    name="impressions",
    comment="One model's draft for one record. Contains report text.",
    key=("run_id", "record_index", "report_id", "model_role"),
    newest="generated_at",
    row_type="ImpressionRow",
    columns=(
        *_DRAFT,
        _c(
            "endpoint_name",
            "string",
            "Endpoint that generated the draft; empty for baselines and batches",
        ),
        _c("prompt_sha256", "string", "SHA-256 of the prompt template"),
        _text("findings", "Findings as received (report text)"),
        _text(
            "reference_impression",
            "The radiologist's own impression (report text)",
            optional=True,
        ),
        _text("generated_impression", "The draft (report text)"),
        _c("stratum", "string", "normal or abnormal, derived from the reference", optional=True),
        _c("flags", "array<string>", "What a reader must know: of the record, and from the checks"),
        Column(
            "check_sentences",
            "array<string>",
            "Each flag of the checks in words, by checks.flag_index (report text)",
            report_text=True,
        ),
        _text(
            "metadata",
            "The record's other fields, as JSON text (treated as report text)",
            optional=True,
        ),
        _c("latency_ms", "double", "Duration of the call (in a batch: of the job), milliseconds"),
        _c(
            "call_records",
            "int",
            "Records in the same call; latency_ms divided by it is the record's share",
            optional=True,
        ),
        _c(
            "output_truncated",
            "boolean",
            "Whether the draft is or may be truncated (docs/draft-checks.md)",
        ),
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
        *_DRAFT,
        _c("stratum", "string", "normal or abnormal, derived from the reference"),
        _c("metric", "string", "rouge1, rouge2, rougeL or rougeLsum"),
        _c("rouge_precision", "double", "Precision, 0 to 1"),
        _c("rouge_recall", "double", "Recall, 0 to 1"),
        _c("fmeasure", "double", "F1, 0 to 1"),
        _c("scorer", "string", "Package and version that computed the score"),
        _KEY,
        _c("scored_at", "timestamp", "LastModified of the landing object, UTC"),
        _SCHEMA,
    ),
)
CLINICAL_SCORES = Table(
    name="clinical_scores",
    comment="Facts of one draft, or of one baseline, against the reference's; no report text.",
    key=("run_id", "record_index", "report_id", "model_role"),
    newest="scored_at",
    row_type="ClinicalRow",
    columns=(
        *_DRAFT,
        _c("stratum", "string", "normal or abnormal, derived from the reference's opening words"),
        _c("facts_stratum", "string", "normal or abnormal, by the findings of the reference"),
        _c("draft_stratum", "string", "normal or abnormal, by the findings of the draft"),
        _c("facts_common", "int", "Facts in both: finding, status and side are equal"),
        _c("facts_draft", "int", "Facts in the draft"),
        _c("facts_reference", "int", "Facts in the reference"),
        _c("clinical_precision", "double", "0 to 1; null: not comparable", optional=True),
        _c("clinical_recall", "double", "0 to 1; null: not comparable", optional=True),
        _c("fmeasure", "double", "Clinical F1, 0 to 1; null: not comparable", optional=True),
        _c("scorer", "string", "Version of the labeller that found the facts"),
        _KEY,
        _c("scored_at", "timestamp", "LastModified of the landing object, UTC"),
        _SCHEMA,
    ),
)
CHECKS = Table(
    name="checks",
    comment="One flag of one checked draft, or one row without a flag; no report text.",
    key=("run_id", "record_index", "report_id", "model_role", "flag_index"),
    newest="checked_at",
    row_type="CheckRow",
    columns=(
        *_DRAFT,
        _c("stratum", "string", "normal or abnormal, derived from the reference", optional=True),
        _c("flag_index", "int", "Position of the flag among those of the draft's checks, from 0"),
        _c(
            "flag",
            "string",
            "Name of the check (docs/draft-checks.md); null: checked, and without a flag",
            optional=True,
        ),
        _c("findings_spans", "string", "Places in the findings: JSON, [[begin, end], …]"),
        _c("draft_spans", "string", "Places in the draft: JSON, [[begin, end], …]"),
        _c(
            "checker",
            "string",
            "Version of the checks; checks and thresholds where they are not the defaults",
        ),
        _KEY,
        _c("checked_at", "timestamp", "LastModified of the landing object, UTC"),
        _SCHEMA,
    ),
)
FAILURES = Table(
    name="failures",
    comment="One record, or one whole object (record_index is null), without an impression.",
    key=("run_id", "record_index", "report_id", "model_role", "stage"),
    newest="failed_at",
    row_type="FailureRow",
    columns=(
        _RUN,
        _LANE,
        _DATASET,
        _c(_INDEX.name, "int", "Position in the file; null: the whole file", optional=True),
        _c(_REPORT.name, "string", "The record's own id, if it has one", optional=True),
        _c(_ROLE.name, "string", "The model that failed, null if none was called", optional=True),
        _c("stage", "string", "Stage that failed: read (the file), decode (the record) or model"),
        _c("error_type", "string", "Class of the error"),
        _c("error_message", "string", "Description of the error, without report text"),
        _c("retryable", "boolean", "Whether a retry may succeed"),
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
    comment="One finished landing object.",
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
        _c("records_failed", "int", "Records without an impression"),
        _c("chunks", "int", "Messages in which the file was processed"),
        _c("result_key", "string", "Key of the result document"),
        _c("attempt", "int", "Receive count of the message that finished the file"),
        _c("lambda_request_id", "string", "Invocation that finished the file"),
        _c("landed_at", "timestamp", "LastModified of the landing object, UTC"),
        _c("started_at", "timestamp", "Start of processing, UTC"),
        _c("finished_at", "timestamp", "End of processing, UTC"),
        _SCHEMA,
    ),
)
TRAINING_METRICS = Table(
    name="training_metrics",
    comment="One metric value of one training job.",
    key=("training_job_name", "metric_name", "step", "epoch", "observed_at"),
    newest="observed_at",
    row_type=None,
    columns=(
        _c("training_job_name", "string", "SageMaker training job"),
        _MODEL,
        _c(_VERSION.name, "string", "The job's name: each job produces one version"),
        _c("metric_name", "string", "train_loss, val_loss …"),
        _c("step", "double", "Number of the value within its metric, from 1", optional=True),
        _c("epoch", "double", "Completed epochs", optional=True),
        _c("value", "double", "Metric value"),
        _c("observed_at", "timestamp", "When the value was logged, UTC"),
        _SCHEMA,
    ),
)
TABLES = {
    one.name: one
    for one in (
        IMPRESSIONS,
        ROUGE_SCORES,
        CLINICAL_SCORES,
        CHECKS,
        FAILURES,
        FILES,
        TRAINING_METRICS,
    )
}
