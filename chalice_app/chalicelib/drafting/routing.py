"""Which model drafts which records, and what happens when one of several is away."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

from chalicelib import scratch
from chalicelib.drafting import batch_drafts
from chalicelib.drafting.endpoint import Draft, EndpointClient
from chalicelib.errors import (
    EndpointBusyError,
    EndpointUnavailableError,
    ModelDownError,
    ModelError,
    RetryableError,
)
from chalicelib.intake.records import Record
from chalicelib.intake.source import Source
from chalicelib.objects import saved_drafts_key
from chalicelib.settings import Model, Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

EVALUATION = "evaluation"
# One for each record that was read; None where the model was not asked.
Drafts = Sequence[Draft | ModelError | None]
# Deliveries for which a model that is down is waited for, where its neighbours' rows need not
# wait for ever. The work queue gives a message up after five.
PATIENT_DELIVERIES = 3
_AWAY = (EndpointBusyError, EndpointUnavailableError)


class DraftingContext(Protocol):
    """What drafting needs of a run."""

    @property
    def settings(self) -> Settings:
        """The process's settings."""
        ...

    @property
    def s3(self) -> S3Client:
        """Where drafts of a batch lie, and those that were saved."""
        ...

    @property
    def endpoint(self) -> EndpointClient:
        """Calls the models."""
        ...

    @property
    def attempt(self) -> int:
        """The message's deliveries, from 1."""
        ...


def models_of(settings: Settings, lane: str | None) -> tuple[Model, ...]:
    """The models that answer a lane: every registered one for evaluation, else the live one."""
    return settings.models if lane == EVALUATION else (settings.live_model,)


def draft(
    context: DraftingContext, source: Source, records: Sequence[Record], chunk: int
) -> list[tuple[Model, Drafts]]:
    """Draft the records of a chunk: by a batch that has done so already, or by the endpoints.

    Returns:
        Each model with one draft, error or None (not asked) for each record, in order.

    Raises:
        RetryableError: an endpoint is away, and the message may be tried again.
    """
    work = source.work
    findings = [record.findings for record in records]
    if work.batch_folder is not None:
        return _by_batch(context, work.batch_folder, work.drafts, work.ref.object_id, records)
    models = models_of(context.settings, work.ref.lane)
    if work.ref.lane != EVALUATION:
        return [(model, _ask(context, model, findings)) for model in models]
    return _by_each(context, models, findings, work.ref.object_id, chunk)


def _ask(
    context: DraftingContext, model: Model, findings: Sequence[str]
) -> list[Draft | ModelError]:
    return context.endpoint.draft(model, findings, context.settings.micro_batch_records)


def _by_each(
    context: DraftingContext,
    models: Sequence[Model],
    findings: Sequence[str],
    object_id: str,
    chunk: int,
) -> list[tuple[Model, Drafts]]:
    """Ask every model; one that is away costs the others nothing.

    While it is waited for, what the others wrote is kept in S3 and not paid for again. After
    PATIENT_DELIVERIES its own records fail by name and the rest is done.
    """
    made: dict[str, list[Draft | ModelError]] = {}
    fresh: list[Model] = []
    trouble: RetryableError | None = None
    for model in models:
        key = saved_drafts_key(object_id, chunk, model.role, _digest(model))
        kept = _kept(context, key) if context.attempt > 1 else None
        if kept is not None and len(kept) == len(findings):
            made[model.role] = kept
            continue
        try:
            made[model.role] = _ask(context, model, findings)
            fresh.append(model)
        except _AWAY as error:
            if context.attempt >= PATIENT_DELIVERIES:
                made[model.role] = _given_up(error, len(findings))
            else:
                trouble = error
    if trouble is not None:
        for model in fresh:
            key = saved_drafts_key(object_id, chunk, model.role, _digest(model))
            body = _encode(made[model.role])
            scratch.write(context.s3, context.settings.results_bucket, key, body)
        raise trouble
    return [(model, made[model.role]) for model in models]


def _by_batch(
    context: DraftingContext,
    folder: str,
    output: str | None,
    object_id: str,
    records: Sequence[Record],
) -> list[tuple[Model, Drafts]]:
    """Take a batch's drafts; records that it left out are asked of the live endpoint, once."""
    bucket = context.settings.results_bucket
    batch = batch_drafts.read(context.s3, bucket, folder, output, object_id)
    taken: list[Draft | ModelError | None] = [batch.draft(one.index) for one in records]
    missing = [place for place, one in enumerate(taken) if one is None]
    if not missing:
        return [(batch.model, taken)]
    live = context.settings.live_model
    try:
        asked = _ask(context, live, [records[place].findings for place in missing])
    except _AWAY as error:
        if context.attempt < PATIENT_DELIVERIES:
            raise
        asked = _given_up(error, len(missing))
    redrafted: list[Draft | ModelError | None] = [None] * len(records)
    for place, one in zip(missing, asked, strict=True):
        redrafted[place] = one
    return [(batch.model, taken), (live, redrafted)]


def _given_up(error: RetryableError, count: int) -> list[Draft | ModelError]:
    return [ModelDownError(f"{error}; run the file again when it is back") for _ in range(count)]


class _Saved(msgspec.Struct, omit_defaults=True):
    draft: Draft | None = None
    error_type: str = ""
    error: str = ""


def _digest(model: Model) -> str:
    """Another prompt, version or parameter: another model, whose drafts are not this one's."""
    return hashlib.sha256(msgspec.json.encode(model, order="sorted")).hexdigest()[:16]


def _encode(drafts: Sequence[Draft | ModelError]) -> bytes:
    return msgspec.json.encode(
        [
            _Saved(error_type=type(one).__name__, error=str(one))
            if isinstance(one, ModelError)
            else _Saved(one)
            for one in drafts
        ]
    )


def _kept(context: DraftingContext, key: str) -> list[Draft | ModelError] | None:
    body = scratch.read(context.s3, context.settings.results_bucket, key)
    if body is None:
        return None
    kinds = {kind.__name__: kind for kind in ModelError.__subclasses__()}
    return [
        one.draft if one.draft is not None else kinds.get(one.error_type, ModelError)(one.error)
        for one in msgspec.json.decode(body, type=list[_Saved])
    ]
