"""The rows of one record in the lake's tables, without I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from chalicelib import checks
from chalicelib.drafting.endpoint import Draft
from chalicelib.drafting.truncation import NOT_CUT
from chalicelib.errors import (
    FileRejectedError,
    ModelDownError,
    RecordRejectedError,
    TerminalError,
)
from chalicelib.intake.record import Record
from chalicelib.intake.source import Source
from chalicelib.output import baselines, clinical, scoring
from chalicelib.output.document import Remark, Remarks, flags_of
from chalicelib.output.tables import (
    CheckRow,
    ClinicalRow,
    FailureRow,
    ImpressionRow,
    RougeRow,
    Row,
)


class Written(NamedTuple):
    """One text for one record, by a model or a baseline."""

    role: str
    model_id: str
    version: str
    endpoint_name: str
    prompt_sha256: str
    draft: Draft
    remarks: Remarks = None
    checker: str = checks.VERSION


def rows_of(source: Source, record: Record, written: Written) -> Iterable[Row]:
    """All rows of one draft: the draft, its scores if there is a reference, and its flags."""
    shared = _shared(source, record, written)
    yield _impression_row(source, record, written, shared)
    if record.impression is not None:
        yield from _rouge_rows(source, record.impression, written, shared)
        yield _clinical_row(source, record.impression, written, shared)
    if written.remarks is not None:
        yield from _check_rows(source, written, written.remarks, shared)


def _shared(source: Source, record: Record, written: Written) -> dict[str, Any]:
    """The columns that all rows of a draft have."""
    ref, reference = source.work.ref, record.impression
    return {
        "report_id": record.report_id,
        "run_id": ref.object_id,
        "record_index": record.index,
        "lane": ref.lane or "",
        "dataset": ref.dataset,
        "model_role": written.role,
        "model_id": written.model_id,
        "model_version": written.version,
        "stratum": None if reference is None else baselines.stratum(reference),
        "source_key": ref.key,
    }


def _impression_row(
    source: Source, record: Record, written: Written, shared: dict[str, Any]
) -> ImpressionRow:
    ref = source.work.ref
    metadata = record.metadata
    return ImpressionRow(
        **shared,
        endpoint_name=written.endpoint_name,
        prompt_sha256=written.prompt_sha256,
        findings=record.findings,
        reference_impression=record.impression,
        generated_impression=written.draft.impression,
        flags=flags_of(record.flags, written.remarks),
        check_sentences=[one.sentence for one in written.remarks or ()],
        metadata=None if metadata is None else msgspec.json.encode(metadata).decode(),
        latency_ms=written.draft.latency_ms,
        call_records=written.draft.call_records,
        output_truncated=written.draft.truncation != NOT_CUT,
        source_bucket=ref.bucket,
        source_etag=ref.etag,
        source_version_id=ref.version_id,
        generated_at=source.stamp,
    )


def _rouge_rows(
    source: Source, reference: str, written: Written, shared: dict[str, Any]
) -> Iterable[RougeRow]:
    for score in scoring.score(reference, written.draft.impression):
        yield RougeRow(
            **shared,
            metric=score.metric,
            rouge_precision=score.precision,
            rouge_recall=score.recall,
            fmeasure=score.fmeasure,
            scorer=scoring.SCORER,
            scored_at=source.stamp,
        )


def _clinical_row(
    source: Source, reference: str, written: Written, shared: dict[str, Any]
) -> ClinicalRow:
    score = clinical.score(reference, written.draft.impression)
    return ClinicalRow(
        **shared,
        facts_stratum=score.reference_stratum,
        draft_stratum=score.draft_stratum,
        facts_common=score.common,
        facts_draft=score.draft,
        facts_reference=score.reference,
        clinical_precision=score.precision,
        clinical_recall=score.recall,
        fmeasure=score.fmeasure,
        scorer=score.scorer,
        scored_at=source.stamp,
    )


def _check_rows(
    source: Source, written: Written, remarks: Sequence[Remark], shared: dict[str, Any]
) -> Iterable[CheckRow]:
    # One row without a flag says that the draft was checked: rates need it.
    said: Sequence[Remark | None] = remarks or (None,)
    for place, remark in enumerate(said):
        yield CheckRow(
            **shared,
            flag_index=place,
            flag=None if remark is None else remark.flag,
            findings_spans=_spans([] if remark is None else remark.findings),
            draft_spans=_spans([] if remark is None else remark.draft),
            checker=written.checker,
            checked_at=source.stamp,
        )


def _spans(spans: Sequence[tuple[int, int]]) -> str:
    return msgspec.json.encode(spans).decode()


def failure_row(
    source: Source,
    error: TerminalError,
    index: int | None,
    report_id: str | None,
    role: str | None = None,
) -> FailureRow:
    """The row of a record, or of a whole object (`index` is None), without an impression."""
    ref = source.work.ref
    return FailureRow(
        run_id=ref.object_id,
        lane=ref.lane or "",
        dataset=ref.dataset,
        record_index=index,
        report_id=report_id,
        model_role=role,
        stage=_stage(error),
        error_type=error.code,
        error_message=str(error),
        retryable=isinstance(error, ModelDownError),
        source_bucket=ref.bucket,
        source_key=ref.key,
        source_etag=ref.etag,
        source_version_id=ref.version_id,
        failed_at=source.stamp,
    )


def _stage(error: TerminalError) -> str:
    if isinstance(error, FileRejectedError):
        return "read"
    return "decode" if isinstance(error, RecordRejectedError) else "model"
