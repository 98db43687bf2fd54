"""Makes the answers to the reports of a chunk, each in the format of its report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from chalicelib.drafting.endpoint import Draft
from chalicelib.drafting.routing import Drafts
from chalicelib.errors import RecordRejectedError
from chalicelib.intake import forms
from chalicelib.intake.frames import Form, Frame
from chalicelib.intake.record import ANSWER_WITHHELD, Record
from chalicelib.output.document import Remarks, flags_of
from chalicelib.settings import Model

Kind = Literal["hl7", "fhir"]

# The end of an answer's key, and its content type.
ENDINGS: dict[Kind, str] = {"hl7": ".hl7", "fhir": ".fhir.json"}
CONTENT_TYPES: dict[Kind, str] = {
    "hl7": "x-application/hl7-v2+er7",
    "fhir": "application/fhir+json",
}


class Answer(msgspec.Struct, frozen=True):
    """The answer to one report; `status` is that of the report."""

    report_id: str
    status: str | None
    body: bytes


class Envelope(NamedTuple):
    """What stands before, between and after the answers of one object."""

    before: bytes
    between: bytes
    after: bytes


class _Drafted(NamedTuple):
    model: Model
    draft: Draft
    remarks: Remarks


def kind_of(form: Form) -> Kind | None:
    """The format of the answers to a form; None if it has none, such as JSON."""
    if form in forms.HL7:
        return "hl7"
    return "fhir" if form in forms.FHIR else None


def make(  # noqa: PLR0913  # what an answer is made of
    form: Form,
    frames: Sequence[Frame],
    records: Sequence[Record | RecordRejectedError],
    drafts: Sequence[tuple[Model, Drafts]],
    *,
    remarks: Sequence[Sequence[Remarks]],
    at: datetime,
) -> list[Answer]:
    """The answers to a chunk's reports, in order; a report without a draft has none.

    Args:
        form: the form of the object.
        frames: the reports as they came.
        records: each report, or the reason why it was rejected.
        drafts: each model with its drafts or errors for the valid records, in order. What a batch
            has lost is drafted by the live model: each report has the first draft that there is.
        remarks: what the checks say of each model's drafts, in the same order.
        at: the time of the answers. A replay must write the same bytes.
    """
    write = _writer(form)
    valid = [
        (found.data, record)
        for found, record in zip(frames, records, strict=True)
        if isinstance(record, Record)
    ]
    answers: list[Answer] = []
    for place, (data, record) in enumerate(valid):
        found = _first_draft(place, drafts, remarks)
        if found is None or data is None or ANSWER_WITHHELD in record.flags:
            continue
        body = write(
            data,
            record,
            found.draft.impression,
            model=found.model.model_id,
            version=found.model.version,
            flags=flags_of(record.flags, found.remarks),
            at=at,
        )
        answers.append(Answer(record.report_id, record.status, body))
    return answers


def _first_draft(
    place: int,
    drafts: Sequence[tuple[Model, Drafts]],
    remarks: Sequence[Sequence[Remarks]],
) -> _Drafted | None:
    """The first draft of a record, with its model and remarks; None if no model drafted it."""
    for (model, results), said in zip(drafts, remarks, strict=True):
        draft = results[place]
        if isinstance(draft, Draft):
            return _Drafted(model, draft, said[place])
    return None


def envelope(form: Form, first: bytes, count: int) -> Envelope:
    """What stands around `count` answers to an object, of which `first` is the first."""
    if form in forms.HL7:
        from chalicelib.output.answers.hl7 import envelope as around_hl7  # noqa: PLC0415  # on first use

        return Envelope(*around_hl7(form, first, count))
    from chalicelib.output.answers.fhir import envelope as around_fhir  # noqa: PLC0415  # on first use

    return Envelope(*around_fhir(form, first, count))


def _writer(form: Form) -> Callable[..., bytes]:
    if form in forms.HL7:
        from chalicelib.output.answers.hl7 import answer as answer_hl7  # noqa: PLC0415  # on first use

        return answer_hl7
    from chalicelib.output.answers.fhir import answer as answer_fhir  # noqa: PLC0415  # on first use

    return answer_fhir
