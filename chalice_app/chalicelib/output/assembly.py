"""Turns records and drafts into rows and result entries, without I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from chalicelib.drafting.endpoint import Draft
from chalicelib.drafting.prompts import prompt_sha256
from chalicelib.drafting.routing import Drafts
from chalicelib.errors import (
    FileRejectedError,
    ModelError,
    RecordRejectedError,
    TerminalError,
)
from chalicelib.intake.record import Record
from chalicelib.intake.source import Source
from chalicelib.output import baselines
from chalicelib.output.document import Counts, Entry, Remarks, flags_of
from chalicelib.output.rows import Written, failure_row, rows_of
from chalicelib.output.tables import (
    Row,
)
from chalicelib.settings import Model

# The version of the two baselines: change it when their output changes.
BASELINE_VERSION = "1"


class Outcome(NamedTuple):
    """The outcome of a chunk."""

    rows: list[Row]
    entries: list[Entry]
    counts: Counts


def assemble(
    source: Source,
    records: Sequence[Record | RecordRejectedError],
    drafts: Sequence[tuple[Model, Drafts]],
    baseline_sentence: str | None,
    remarks: Sequence[Sequence[Remarks]] | None = None,
) -> Outcome:
    """Assemble a chunk's output, in the order of its records.

    Args:
        source: the object of the records.
        records: each record, or the reason why it was rejected.
        drafts: each model with its drafts or errors for the valid records, in order.
        baseline_sentence: also score the two baselines; None outside the evaluation lane.
        remarks: what the checks say of each model's drafts, in the same order; None if none ran.
    """
    rows: list[Row] = []
    entries: list[Entry] = []
    failed = 0
    read = 0
    for record in records:
        if isinstance(record, RecordRejectedError):
            failed += 1
            entries.append(_failed_entry(record.report_id, None, record))
            rows.append(failure_row(source, record, record.index, record.report_id))
            continue
        whole = True
        for place, (model, results) in enumerate(drafts):
            draft = results[read]
            said = None if remarks is None else remarks[place][read]
            if draft is None:
                continue
            if isinstance(draft, ModelError):
                whole = False
                entries.append(_failed_entry(record.report_id, model, draft, record))
                rows.append(failure_row(source, draft, record.index, record.report_id, model.role))
                continue
            entries.append(_entry(record, model, draft, said))
            rows += rows_of(source, record, _by_model(model, draft, said))
        if baseline_sentence is not None and record.impression is not None:
            for written in _by_baselines(record, baseline_sentence):
                rows += rows_of(source, record, written)
        failed += not whole
        read += 1
    return Outcome(rows, entries, Counts(len(records), len(records) - failed, failed))


def assemble_rejected(source: Source, error: FileRejectedError) -> Outcome:
    """The outcome of a file that cannot be read: one failure row, one failed record."""
    entry = _failed_entry(None, None, error)
    return Outcome([failure_row(source, error, None, None)], [entry], Counts(1, 0, 1))


def _by_model(model: Model, draft: Draft, remarks: Remarks) -> Written:
    digest = prompt_sha256(model.prompt)
    name = model.endpoint_name
    return Written(model.role, model.model_id, model.version, name, digest, draft, remarks)


def _by_baselines(record: Record, sentence: str) -> Iterable[Written]:
    lead = baselines.lead_sentence(record.findings)
    for role, text in ((baselines.CONSTANT, sentence), (baselines.LEAD, lead)):
        yield Written(role, role, BASELINE_VERSION, "", "", Draft(text, 0.0))


def _name(model: Model) -> str:
    return f"{model.model_id}@{model.version}"


def _entry(record: Record, model: Model, draft: Draft, remarks: Remarks) -> Entry:
    return Entry(
        report_id=record.report_id,
        impression=draft.impression,
        model=_name(model),
        status="ok",
        flags=flags_of(record.flags, remarks),
        metadata=record.metadata,
        checks=list(remarks or ()),
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
