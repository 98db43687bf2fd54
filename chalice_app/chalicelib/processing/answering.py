"""Answers a unit's reports in the format that they came in, beside the result of their object."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.drafting import routing
from chalicelib.drafting.routing import Drafts
from chalicelib.errors import RecordRejectedError
from chalicelib.intake.frames import Form, Frame
from chalicelib.intake.record import Record
from chalicelib.intake.source import Source
from chalicelib.output.answers import making, storing
from chalicelib.output.answers.making import Answer, Kind
from chalicelib.output.answers.storing import Stored
from chalicelib.output.document import AnswerNote, Remarks
from chalicelib.output.results import StandingResult
from chalicelib.processing.context import ProcessingContext
from chalicelib.settings import Model


class Answering:
    """The answers to one object, if its format and its lane have any."""

    def __init__(self, context: ProcessingContext, source: Source, form: Form | None) -> None:
        """`form` is None if the object could not be read."""
        self._s3 = context.s3
        self._bucket = context.settings.results_bucket
        self._source = source
        # The evaluation lane compares models: none of its drafts is meant for a hospital.
        is_live = source.work.ref.lane != routing.EVALUATION
        self._kind: Kind | None = making.kind_of(form) if form is not None and is_live else None
        # None if there are no answers.
        self._form = form if self._kind is not None else None
        self._stored = Stored(None, 0)

    def make(
        self,
        frames: Sequence[Frame],
        records: Sequence[Record | RecordRejectedError],
        drafts: Sequence[tuple[Model, Drafts]],
        remarks: Sequence[Sequence[Remarks]],
    ) -> list[Answer]:
        """The answers to a unit's reports."""
        if self._form is None:
            return []
        at = self._source.modified
        return making.make(self._form, frames, records, drafts, remarks=remarks, at=at)

    def write_part(self, chunk: int, answers: Sequence[Answer]) -> None:
        """Keep a chunk's answers until the object is complete."""
        if self._form is not None:
            storing.write_part(self._s3, self._bucket, self._source, chunk, answers)

    def store(self, answers: Sequence[Answer]) -> AnswerNote | None:
        """Write the answers of a small object; returns what its result says of them."""
        if self._form is None:
            return None
        self._stored = storing.store(self._s3, self._bucket, self._source, self._form, answers)
        return self._note

    def store_parts(self, chunks: int) -> AnswerNote | None:
        """Join and write the answers of a large object; returns what its result says of them."""
        if self._form is None:
            return None
        self._stored = storing.store_parts(self._s3, self._bucket, self._source, self._form, chunks)
        return self._note

    @property
    def standing_kind(self) -> Kind | None:
        """The kind of the answer that stands beside the result, whichever upload's."""
        return self._kind if self._stored.key or self._stored.withheld else None

    def remove_replaced(self, replaced: StandingResult) -> None:
        """Remove the answer beside a result that is about to be replaced."""
        storing.remove_replaced(self._s3, self._bucket, self._source, replaced, self.standing_kind)

    def take_back(self) -> None:
        """Remove what has been written: the result of a later upload stands."""
        if self._kind is not None and self._stored.key is not None:
            storing.take_back(self._s3, self._bucket, self._source, self._kind)

    @property
    def _note(self) -> AnswerNote:
        stored = self._stored
        return AnswerNote(stored.key, stored.reports, withheld=stored.withheld)
