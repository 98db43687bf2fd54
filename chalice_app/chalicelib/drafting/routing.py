"""Selects the models that draft a chunk's records, and handles models that are unavailable."""

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
from chalicelib.objects import ObjectRef, saved_drafts_key
from chalicelib.settings import Model, Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

EVALUATION = "evaluation"
# One per valid record; None where the model was not called.
Drafts = Sequence[Draft | ModelError | None]
# The delivery at which an unavailable model's records fail, so that the other models' rows do not
# wait forever. The work queue allows five deliveries.
PATIENT_DELIVERIES = 3
_UNAVAILABLE = (EndpointBusyError, EndpointUnavailableError)


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
    def endpoint(self) -> EndpointClient:
        """Calls the models."""
        ...

    @property
    def attempt(self) -> int:
        """The number of the message's delivery, from 1."""
        ...


def models_of(settings: Settings, lane: str | None) -> tuple[Model, ...]:
    """The models of a lane: every registered one for evaluation, otherwise the live one."""
    return settings.models if lane == EVALUATION else (settings.live_model,)


def draft(
    context: DraftingContext, source: Source, records: Sequence[Record], chunk: int
) -> list[tuple[Model, Drafts]]:
    """Draft the records of a chunk, from a batch's output or with the endpoints.

    Returns:
        Each model with one draft, error or None (not called) per record, in order.

    Raises:
        RetryableError: an endpoint is unavailable, and the message may be retried.
    """
    work = source.work
    findings = [record.findings for record in records]
    if work.batch_folder is not None:
        return _from_batch(context, work.batch_folder, work.drafts, work.ref, records)
    models = models_of(context.settings, work.ref.lane)
    if work.ref.lane != EVALUATION:
        return [(model, _call(context, model, findings)) for model in models]
    return _with_every_model(context, models, findings, work.ref.object_id, chunk)


def _call(
    context: DraftingContext, model: Model, findings: Sequence[str]
) -> list[Draft | ModelError]:
    return context.endpoint.draft(model, findings, context.settings.micro_batch_records)


def _with_every_model(
    context: DraftingContext,
    models: Sequence[Model],
    findings: Sequence[str],
    object_id: str,
    chunk: int,
) -> list[tuple[Model, Drafts]]:
    """Call every model; one that is unavailable does not affect the others.

    Until it is available again, the drafts of the others are saved in S3 and not paid for again.
    At delivery PATIENT_DELIVERIES its records fail as ModelDown, and the chunk is completed.
    """
    drafts: dict[str, list[Draft | ModelError]] = {}
    fresh: list[Model] = []
    unavailable: RetryableError | None = None
    for model in models:
        key = saved_drafts_key(object_id, chunk, model.role, _digest(model))
        saved = _read_saved(context, key) if context.attempt > 1 else None
        if saved is not None and len(saved) == len(findings):
            drafts[model.role] = saved
            continue
        try:
            drafts[model.role] = _call(context, model, findings)
            fresh.append(model)
        except _UNAVAILABLE as error:
            if context.attempt >= PATIENT_DELIVERIES:
                drafts[model.role] = _failed(error, len(findings))
            else:
                unavailable = error
    if unavailable is not None:
        for model in fresh:
            key = saved_drafts_key(object_id, chunk, model.role, _digest(model))
            body = _encode(drafts[model.role])
            scratch.write(context.s3, context.settings.results_bucket, key, body)
        raise unavailable
    return [(model, drafts[model.role]) for model in models]


def _from_batch(
    context: DraftingContext,
    folder: str,
    output: str | None,
    ref: ObjectRef,
    records: Sequence[Record],
) -> list[tuple[Model, Drafts]]:
    """Use a batch's drafts; the live endpoint drafts the missing records, once."""
    bucket = context.settings.results_bucket
    batch = batch_drafts.read(context.s3, bucket, folder, output, ref)
    drafted: list[Draft | ModelError | None] = [batch.draft(record.index) for record in records]
    missing = [place for place, draft in enumerate(drafted) if draft is None]
    if not missing:
        return [(batch.model, drafted)]
    live = context.settings.live_model
    try:
        live_drafts = _call(context, live, [records[place].findings for place in missing])
    except _UNAVAILABLE as error:
        if context.attempt < PATIENT_DELIVERIES:
            raise
        live_drafts = _failed(error, len(missing))
    redrafted: list[Draft | ModelError | None] = [None] * len(records)
    for place, draft in zip(missing, live_drafts, strict=True):
        redrafted[place] = draft
    return [(batch.model, drafted), (live, redrafted)]


def _failed(error: RetryableError, count: int) -> list[Draft | ModelError]:
    problem = f"{error}; re-run the file when the endpoint is available again"
    return [ModelDownError(problem) for _ in range(count)]


class _Saved(msgspec.Struct, omit_defaults=True):
    draft: Draft | None = None
    error_type: str = ""
    error: str = ""


def _digest(model: Model) -> str:
    """Identifies a model with its prompt, version and parameters: saved drafts must match all."""
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


def _read_saved(context: DraftingContext, key: str) -> list[Draft | ModelError] | None:
    body = scratch.read(context.s3, context.settings.results_bucket, key)
    if body is None:
        return None
    kinds = {kind.__name__: kind for kind in ModelError.__subclasses__()}
    return [
        one.draft if one.draft is not None else kinds.get(one.error_type, ModelError)(one.error)
        for one in msgspec.json.decode(body, type=list[_Saved])
    ]
