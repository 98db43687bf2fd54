"""Turns records and drafts into rows and result entries, without I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.drafting.endpoint import Draft
from chalicelib.drafting.prompts import prompt_sha256
from chalicelib.drafting.routing import Drafts
from chalicelib.errors import (
    FileRejectedError,
    ModelDownError,
    ModelError,
    RecordRejectedError,
    TerminalError,
)
from chalicelib.intake.record import Record
from chalicelib.intake.source import Source
from chalicelib.output import baselines, scoring
from chalicelib.output.document import Counts, Entry, Remark
from chalicelib.output.tables import FailureRow, ImpressionRow, RougeRow, Row
from chalicelib.settings import Model

# The version of the two baselines: change it when their output changes.
BASELINE_VERSION = "1"


class Outcome(NamedTuple):
    """The outcome of a chunk."""

    rows: list[Row]
    entries: list[Entry]
    counts: Counts


class _Written(NamedTuple):
    """One text for one record, by a model or a baseline."""

    role: str
    model_id: str
    version: str
    endpoint_name: str
    prompt_sha256: str
    draft: Draft
    remarks: Sequence[Remark] = ()


def assemble(
    source: Source,
    records: Sequence[Record | RecordRejectedError],
    drafts: Sequence[tuple[Model, Drafts]],
    baseline_sentence: str | None,
    remarks: Sequence[Sequence[Sequence[Remark]]] | None = None,
) -> Outcome:
    """Assemble a chunk's output, in the order of its records.

    Args:
        source: the object of the records.
        records: each record, or the reason why it was rejected.
        drafts: each model with its drafts or errors for the valid records, in order.
        baseline_sentence: also score the two baselines; None outside the evaluation lane.
        remarks: what the checks say of each model's drafts, in the same order.
    """
    rows: list[Row] = []
    entries: list[Entry] = []
    failed = 0
    read = 0
    for record in records:
        if isinstance(record, RecordRejectedError):
            failed += 1
            entries.append(_failed_entry(record.report_id, None, record))
            rows.append(_failure_row(source, record, record.index, record.report_id))
            continue
        whole = True
        for place, (model, results) in enumerate(drafts):
            draft = results[read]
            said = () if remarks is None else remarks[place][read]
            if draft is None:
                continue
            if isinstance(draft, ModelError):
                whole = False
                entries.append(_failed_entry(record.report_id, model, draft, record))
                rows.append(_failure_row(source, draft, record.index, record.report_id, model.role))
                continue
            entries.append(_entry(record, model, draft, said))
            rows += _rows_of(source, record, _by_model(model, draft, said))
        if baseline_sentence is not None and record.impression is not None:
            for written in _by_baselines(record, baseline_sentence):
                rows += _rows_of(source, record, written)
        failed += not whole
        read += 1
    return Outcome(rows, entries, Counts(len(records), len(records) - failed, failed))


def assemble_rejected(source: Source, error: FileRejectedError) -> Outcome:
    """The outcome of a file that cannot be read: one failure row, one failed record."""
    entry = _failed_entry(None, None, error)
    return Outcome([_failure_row(source, error, None, None)], [entry], Counts(1, 0, 1))


def _rows_of(source: Source, record: Record, written: _Written) -> Iterable[Row]:
    yield _impression_row(source, record, written)
    if record.impression is not None:
        yield from _rouge_rows(source, record, record.impression, written)


def _by_model(model: Model, draft: Draft, remarks: Sequence[Remark]) -> _Written:
    digest = prompt_sha256(model.prompt)
    name = model.endpoint_name
    return _Written(model.role, model.model_id, model.version, name, digest, draft, remarks)


def flags_of(record: Record, remarks: Sequence[Remark]) -> list[str]:
    """The names of all that a reader must know of a draft, each once."""
    return list(dict.fromkeys((*record.flags, *(one.flag for one in remarks))))


def _by_baselines(record: Record, sentence: str) -> Iterable[_Written]:
    lead = baselines.lead_sentence(record.findings)
    for role, text in ((baselines.CONSTANT, sentence), (baselines.LEAD, lead)):
        yield _Written(role, role, BASELINE_VERSION, "", "", Draft(text, 0.0))


def _name(model: Model) -> str:
    return f"{model.model_id}@{model.version}"


def _entry(record: Record, model: Model, draft: Draft, remarks: Sequence[Remark]) -> Entry:
    return Entry(
        report_id=record.report_id,
        impression=draft.impression,
        model=_name(model),
        status="ok",
        flags=flags_of(record, remarks),
        metadata=record.metadata,
        checks=list(remarks),
    )


def _failed_entry(
    report_id: str | None,
    model: Model | None,
    error: TerminalError,
    record: Record | None = None,
) -> Entry:
    return Entry(
        report_id=report_id,
        impression=None,
        model=None if model is None else _name(model),
        status="failed",
        flags=[] if record is None else list(record.flags),
        error={"type": error.code, "message": str(error)},
        metadata=None if record is None else record.metadata,
    )


def _impression_row(source: Source, record: Record, written: _Written) -> ImpressionRow:
    ref = source.work.ref
    metadata = record.metadata
    return ImpressionRow(
        report_id=record.report_id,
        run_id=ref.object_id,
        record_index=record.index,
        lane=ref.lane or "",
        dataset=ref.dataset,
        model_role=written.role,
        model_id=written.model_id,
        model_version=written.version,
        endpoint_name=written.endpoint_name,
        prompt_sha256=written.prompt_sha256,
        findings=record.findings,
        reference_impression=record.impression,
        generated_impression=written.draft.impression,
        stratum=None if record.impression is None else baselines.stratum(record.impression),
        flags=flags_of(record, written.remarks),
        metadata=None if metadata is None else msgspec.json.encode(metadata).decode(),
        latency_ms=written.draft.latency_ms,
        call_records=written.draft.call_records,
        output_truncated=False,
        source_bucket=ref.bucket,
        source_key=ref.key,
        source_etag=ref.etag,
        source_version_id=ref.version_id,
        generated_at=source.stamp,
    )


def _rouge_rows(
    source: Source, record: Record, reference: str, written: _Written
) -> Iterable[RougeRow]:
    ref = source.work.ref
    for score in scoring.score(reference, written.draft.impression):
        yield RougeRow(
            report_id=record.report_id,
            run_id=ref.object_id,
            record_index=record.index,
            lane=ref.lane or "",
            dataset=ref.dataset,
            model_role=written.role,
            model_id=written.model_id,
            model_version=written.version,
            stratum=baselines.stratum(reference),
            metric=score.metric,
            rouge_precision=score.precision,
            rouge_recall=score.recall,
            fmeasure=score.fmeasure,
            scorer=scoring.SCORER,
            source_key=ref.key,
            scored_at=source.stamp,
        )


def _failure_row(
    source: Source,
    error: TerminalError,
    index: int | None,
    report_id: str | None,
    role: str | None = None,
) -> FailureRow:
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
