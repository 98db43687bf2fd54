"""Drafts of a chunk that is not finished, kept in S3 so that no record is paid for twice.

A run may have to stop between two calls: a model is unavailable, or the invocation's time is up.
Its drafts are then saved, and the next run of the same chunk continues behind them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import msgspec

from chalicelib import scratch
from chalicelib.drafting.endpoint import Draft
from chalicelib.drafting.shared_calls import Question, Seat
from chalicelib.errors import ModelError, RetryableError
from chalicelib.objects import saved_drafts_key
from chalicelib.queue.messages import WorkItem
from chalicelib.settings import Model, Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class DraftingContext(Protocol):
    """What drafting needs from its caller."""

    @property
    def settings(self) -> Settings:
        """The process's settings."""
        ...

    @property
    def s3(self) -> S3Client:
        """Stores the drafts of batches and saved drafts."""
        ...

    @property
    def seat(self) -> Seat:
        """This unit's place in the calls that the units of an invocation share."""
        ...

    @property
    def attempt(self) -> int:
        """The number of the message's delivery, from 1."""
        ...


class _Saved(msgspec.Struct, omit_defaults=True):
    draft: Draft | None = None
    error_type: str = ""
    error: str = ""


class _Document(msgspec.Struct):
    """`texts` identifies the prompts that were drafted: the saved drafts of the first ones."""

    texts: str
    drafts: list[_Saved]


@dataclass
class SavedDrafts:
    """One model's drafts of one chunk: those of earlier runs, and those of this one."""

    context: DraftingContext
    model: Model
    prompts: Sequence[str]
    key: str
    drafts: list[Draft | ModelError] = field(default_factory=list)
    question: Question = field(init=False)
    _saved: int = 0  # how many drafts are in S3

    @classmethod
    def find(
        cls,
        context: DraftingContext,
        work: WorkItem,
        chunk: int,
        model: Model,
        prompts: Sequence[str],
    ) -> SavedDrafts:
        """The drafts of these prompts that earlier runs have saved; a first run looks for none."""
        key = saved_drafts_key(work.ref.object_id, chunk, model.role, _digest(model))
        found = cls(context, model, prompts, key)
        if work.continued or context.attempt > 1:
            found.drafts = found._load()
            found._saved = len(found.drafts)
        found.question = Question(model, prompts, found.drafts)
        return found

    def complete(self) -> list[Draft | ModelError]:
        """Wait for the drafts of all texts; `question` must have been asked.

        Raises:
            RetryableError: the endpoint is unavailable, or too little time is left. What was
                drafted is saved.
        """
        try:
            return self.context.seat.wait(self.question)
        except RetryableError:
            self.save()
            raise

    def save(self) -> None:
        """Save what this run has drafted, if anything and not yet saved."""
        if len(self.drafts) == self._saved:
            return
        document = _Document(
            _identify(self.prompts[: len(self.drafts)]),
            [
                _Saved(error_type=type(one).__name__, error=str(one))
                if isinstance(one, ModelError)
                else _Saved(one)
                for one in self.drafts
            ],
        )
        bucket = self.context.settings.results_bucket
        scratch.write(self.context.s3, bucket, self.key, msgspec.json.encode(document))
        self._saved = len(self.drafts)

    def _load(self) -> list[Draft | ModelError]:
        body = scratch.read(self.context.s3, self.context.settings.results_bucket, self.key)
        if body is None:
            return []
        try:
            document = msgspec.json.decode(body, type=_Document)
        except msgspec.ValidationError:
            return []  # of release 0.1, which did not say what it had drafted
        # A limit may have changed in between: then another record is the first, and so on.
        if document.texts != _identify(self.prompts[: len(document.drafts)]):
            return []
        kinds = {kind.__name__: kind for kind in ModelError.__subclasses__()}
        return [
            one.draft if one.draft is not None else kinds.get(one.error_type, ModelError)(one.error)
            for one in document.drafts
        ]


def _digest(model: Model) -> str:
    """Identifies a model with its prompt, version and parameters: saved drafts must match all."""
    return hashlib.sha256(msgspec.json.encode(model, order="sorted")).hexdigest()[:16]


def _identify(prompts: Sequence[str]) -> str:
    return hashlib.sha256(msgspec.json.encode(prompts)).hexdigest()
