"""Processes each unit of work once: Powertools Idempotency on DynamoDB around the pipeline.

A unit that is done or in progress is not paid for again. An idempotency record stores only counts,
not report text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
)

from chalicelib.errors import AlreadyRunningError, MessageError
from chalicelib.intake import chunk_plan
from chalicelib.output.document import Counts
from chalicelib.processing.pipeline import (
    ProcessingContext,
    WorkResult,
    process_chunk,
    process_object,
)

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from chalicelib.queue.messages import WorkItem

# Longer than a message can stay in the work queue and the dead-letter queue.
REMEMBERED_S = 7 * 86_400
KEY_PREFIX = "summarize"


class IdempotentProcessor:
    """Runs the pipeline once per unit: a small object, or a chunk of a large one."""

    def __init__(self, context: ProcessingContext, lambda_context: LambdaContext) -> None:
        """`lambda_context` limits how long a lock of this invocation can outlive it."""
        self._context = context
        self._store = DynamoDBPersistenceLayer(
            table_name=context.settings.idempotency_table, boto3_client=context.dynamodb
        )
        self._config = IdempotencyConfig(
            event_key_jmespath="unit",
            raise_on_no_idempotency_key=True,
            expires_after_seconds=REMEMBERED_S,
            lambda_context=lambda_context,
        )

    def process(self, work: WorkItem) -> WorkResult:
        """Process one unit of work, or return its result if it is already done.

        Raises:
            RetryableError: another invocation is processing it, or it cannot be done now.
        """
        context, object_id = self._context, work.ref.object_id
        plan = None
        if work.start is not None:
            plan = chunk_plan.read(context.dynamodb, context.settings.progress_table, object_id)
        if plan is None:
            # A range without a plan is a whole small object, or its plan has expired: read the
            # object again.
            unit = _unit(work, "object")
            return self._once(unit, lambda: process_object(context, work))
        if plan.rerun_token != work.rerun_token:
            # A chunk of a run that a later one has superseded.
            return WorkResult(Counts(0, 0, 0))
        chunk = (work.start or 0) // plan.chunk_records
        if chunk >= plan.chunks:
            raise MessageError("the message's range is beyond the end of its object")
        if work.start != plan.bounds(chunk)[0]:
            work = msgspec.structs.replace(work, offset=None)
        unit = _unit(work, str(chunk))
        return self._once(unit, lambda: process_chunk(context, work, plan, chunk))

    def _once(self, unit: str, do: Callable[[], WorkResult]) -> WorkResult:
        def process(*, unit: dict[str, str]) -> dict[str, Any]:
            del unit  # only the key of the idempotency record
            return msgspec.to_builtins(do())  # type: ignore[no-any-return]  # a struct becomes a dict

        process_once = idempotent_function(
            process,
            data_keyword_argument="unit",
            persistence_store=self._store,
            config=self._config,
            key_prefix=KEY_PREFIX,
        )
        try:
            return msgspec.convert(process_once(unit={"unit": unit}), WorkResult)
        except (IdempotencyAlreadyInProgressError, IdempotencyInconsistentStateError):
            raise AlreadyRunningError("another invocation is processing it") from None


def _unit(work: WorkItem, part: str) -> str:
    """The idempotency key of a unit; an operator's re-run is a separate unit."""
    rerun = "" if work.rerun_token is None else f":{work.rerun_token}"
    return f"{work.ref.object_id}:{part}{rerun}"
