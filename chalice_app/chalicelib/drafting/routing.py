"""Selects the models that draft a chunk's records, and handles models that are unavailable."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.drafting import batch_drafts
from chalicelib.drafting.endpoint import Draft
from chalicelib.drafting.prompts import prompt_for
from chalicelib.drafting.saved_drafts import DraftingContext, SavedDrafts
from chalicelib.errors import (
    EndpointBusyError,
    EndpointUnavailableError,
    ModelDownError,
    ModelError,
    OutOfTimeError,
    RetryableError,
)
from chalicelib.intake.record import Record
from chalicelib.intake.source import Source
from chalicelib.queue.messages import WorkItem
from chalicelib.settings import Model, Settings

EVALUATION = "evaluation"
# One per valid record; None where the model was not called.
Drafts = Sequence[Draft | ModelError | None]
# The delivery at which an unavailable model's records fail, so that the other models' rows do not
# wait forever. The work queue allows five deliveries.
PATIENT_DELIVERIES = 3
_UNAVAILABLE = (EndpointBusyError, EndpointUnavailableError)


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
    if work.batch_folder is not None:
        return _from_batch(context, work, work.batch_folder, records, chunk)
    models = models_of(context.settings, work.ref.lane)
    return _with_every_model(context, work, models, records, chunk)


def _with_every_model(
    context: DraftingContext,
    work: WorkItem,
    models: Sequence[Model],
    records: Sequence[Record],
    chunk: int,
) -> list[tuple[Model, Drafts]]:
    """Call every model at the same time; one that is unavailable does not affect the others.

    What was drafted when a model is unavailable, or the time is up, is saved in S3 and not paid for
    again. In the evaluation lane, at delivery PATIENT_DELIVERIES, an unavailable model's records
    fail as ModelDown, and the chunk is completed.
    """
    may_give_up = work.ref.lane == EVALUATION and context.attempt >= PATIENT_DELIVERIES
    begun = [
        SavedDrafts.find(context, work, chunk, model, _prompts(model, records)) for model in models
    ]
    context.seat.ask(*(one.question for one in begun))
    drafts: list[tuple[Model, Drafts]] = []
    stopped: RetryableError | None = None
    for one in begun:
        try:
            drafts.append((one.model, one.complete()))
        except _UNAVAILABLE as error:
            if may_give_up:
                drafts.append((one.model, _given_up(one, error)))
            else:
                stopped = stopped or error
        except OutOfTimeError as error:
            stopped = error
    if stopped is None:
        return drafts
    for one in begun:
        one.save()
    if isinstance(stopped, OutOfTimeError):
        raise _out_of_time(context, stopped)
    raise stopped


def _from_batch(
    context: DraftingContext, work: WorkItem, folder: str, records: Sequence[Record], chunk: int
) -> list[tuple[Model, Drafts]]:
    """Use a batch's drafts; the live endpoint drafts the missing records, once."""
    bucket = context.settings.results_bucket
    batch = batch_drafts.read(context.s3, bucket, folder, work.drafts, work.ref)
    drafted: list[Draft | ModelError | None] = [batch.draft(record.index) for record in records]
    missing = [place for place, draft in enumerate(drafted) if draft is None]
    if not missing:
        context.seat.leave()
        return [(batch.model, drafted)]
    live = context.settings.live_model
    prompts = _prompts(live, [records[place] for place in missing])
    saved = SavedDrafts.find(context, work, chunk, live, prompts)
    context.seat.ask(saved.question)
    try:
        live_drafts = saved.complete()
    except _UNAVAILABLE as error:
        if context.attempt < PATIENT_DELIVERIES:
            raise
        live_drafts = _given_up(saved, error)
    except OutOfTimeError as error:
        raise _out_of_time(context, error) from None
    redrafted: list[Draft | ModelError | None] = [None] * len(records)
    for place, draft in zip(missing, live_drafts, strict=True):
        redrafted[place] = draft
    return [(batch.model, drafted), (live, redrafted)]


def _prompts(model: Model, records: Sequence[Record]) -> list[str]:
    return [prompt_for(model.prompt, record.findings, record.context) for record in records]


def _out_of_time(context: DraftingContext, error: OutOfTimeError) -> OutOfTimeError:
    """The same error, which says whether the next run has less to do.

    It also has if this run drafted only for other units: their turn is over then.
    """
    return OutOfTimeError(str(error), progressed=context.seat.has_progressed)


def _given_up(saved: SavedDrafts, error: RetryableError) -> list[Draft | ModelError]:
    """What the model has drafted, and a failure for each of the other records."""
    problem = f"{error}; re-run the file when the endpoint is available again"
    missing = len(saved.prompts) - len(saved.drafts)
    return [*saved.drafts, *(ModelDownError(problem) for _ in range(missing))]
