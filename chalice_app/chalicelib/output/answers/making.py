"""Makes the answers to the reports of a chunk, each in the format of its report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from chalicelib.drafting.endpoint import Draft
from chalicelib.drafting.routing import Drafts
from chalicelib.errors import RecordRejectedError
from chalicelib.intake.frames import Form, Frame
from chalicelib.intake.record import ANSWER_WITHHELD, Record
from chalicelib.output.assembly import flags_of
from chalicelib.output.document import Remark
from chalicelib.settings import Model

Kind = Literal["hl7", "fhir"]

# The end of an answer's key, and its content type.
ENDINGS: dict[Kind, str] = {"hl7": ".hl7", "fhir": ".fhir.json"}
CONTENT_TYPES: dict[Form, str] = {
    "hl7": "x-application/hl7-v2+er7",
    "hl7-batch": "x-application/hl7-v2+er7",
    "fhir": "application/fhir+json",
    "fhir-bundle": "application/fhir+json",
}
_KINDS: dict[Form, Kind] = {
    "hl7": "hl7",
    "hl7-batch": "hl7",
    "fhir": "fhir",
    "fhir-bundle": "fhir",
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


def kind_of(form: Form) -> Kind | None:
    """The format of the answers to a form; None if it has none, such as JSON."""
    return _KINDS.get(form)


def make(  # noqa: PLR0913  # what an answer is made of
    form: Form,
    frames: Sequence[Frame],
    records: Sequence[Record | RecordRejectedError],
    drafts: tuple[Model, Drafts],
    *,
    remarks: Sequence[Sequence[Remark]],
    at: datetime,
) -> list[Answer]:
    """The answers to a chunk's reports, in order; a report without a draft has none.

    Args:
        form: the form of the object.
        frames: the reports as they came.
        records: each report, or the reason why it was rejected.
        drafts: the model, and its drafts or errors for the valid records, in order.
        remarks: what the checks say of each of these drafts.
        at: the time of the answers. A replay must write the same bytes.
    """
    write = _writer(form)
    model, results = drafts
    answers: list[Answer] = []
    for data, record, draft, said in _drafted(frames, records, results, remarks):
        if ANSWER_WITHHELD in record.flags:
            continue
        body = write(
            data,
            record,
            draft.impression,
            model=model.model_id,
            version=model.version,
            flags=flags_of(record, said),
            at=at,
        )
        answers.append(Answer(record.report_id, record.status, body))
    return answers


def envelope(form: Form, first: bytes, count: int) -> Envelope:
    """What stands around `count` answers to an object, of which `first` is the first."""
    if _KINDS[form] == "hl7":
        from chalicelib.output.answers.hl7 import envelope as around_hl7  # noqa: PLC0415  # on first use

        return Envelope(*around_hl7(form, first, count))
    from chalicelib.output.answers.fhir import envelope as around_fhir  # noqa: PLC0415  # on first use

    return Envelope(*around_fhir(form, first, count))


def _writer(form: Form) -> Callable[..., bytes]:
    if _KINDS[form] == "hl7":
        from chalicelib.output.answers.hl7 import answer as answer_hl7  # noqa: PLC0415  # on first use

        return answer_hl7
    from chalicelib.output.answers.fhir import answer as answer_fhir  # noqa: PLC0415  # on first use

    return answer_fhir


def _drafted(
    frames: Sequence[Frame],
    records: Sequence[Record | RecordRejectedError],
    results: Drafts,
    remarks: Sequence[Sequence[Remark]],
) -> Iterable[tuple[bytes, Record, Draft, Sequence[Remark]]]:
    valid = (
        (found.data, record)
        for found, record in zip(frames, records, strict=True)
        if isinstance(record, Record)
    )
    for (data, record), draft, said in zip(valid, results, remarks, strict=True):
        if isinstance(draft, Draft) and data is not None:
            yield data, record, draft, said
