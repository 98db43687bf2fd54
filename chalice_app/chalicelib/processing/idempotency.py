"""Does each unit of work once: Powertools Idempotency on DynamoDB around the pipeline.

A unit that is done, or being done, is not paid for again. What a unit came to is a handful of
counts; no report text is stored.
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

# Longer than a message can stay in the queue and come back from the dead-letter queue by hand.
REMEMBERED_S = 7 * 86_400
KEY_PREFIX = "summarize"


class IdempotentProcessor:
    """Runs the pipeline once for each unit: a small object, or a chunk of a large one."""

    def __init__(self, context: ProcessingContext, lambda_context: LambdaContext) -> None:
        """`lambda_context` bounds how long a lock of this invocation can outlive it."""
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
        """Do one piece of work, or return what it came to when it was done before.

        Raises:
            RetryableError: another invocation is at it, or it cannot be done now.
        """
        context, object_id = self._context, work.ref.object_id
        plan = None
        if work.start is not None:
            plan = chunk_plan.read(context.dynamodb, context.settings.progress_table, object_id)
        if plan is None:
            # A range without a plan is the whole of a small object, or its plan has expired:
            # look at the object again.
            unit = _unit(work, "object")
            return self._remember(unit, lambda: process_object(context, work))
        if plan.rerun_token != work.rerun_token:
            # A chunk of a run that a later one has taken the place of.
            return WorkResult(Counts(0, 0, 0))
        chunk = (work.start or 0) // plan.chunk_records
        if chunk >= plan.chunks:
            raise MessageError("the message's range lies behind the end of its object")
        if work.start != plan.bounds(chunk)[0]:
            work = msgspec.structs.replace(work, offset=None)
        unit = _unit(work, str(chunk))
        return self._remember(unit, lambda: process_chunk(context, work, plan, chunk))

    def _remember(self, unit: str, do: Callable[[], WorkResult]) -> WorkResult:
        def worked(*, unit: dict[str, str]) -> dict[str, Any]:
            del unit  # only the key under which the result is remembered
            return msgspec.to_builtins(do())  # type: ignore[no-any-return]  # a struct becomes a dict

        remembered = idempotent_function(
            worked,
            data_keyword_argument="unit",
            persistence_store=self._store,
            config=self._config,
            key_prefix=KEY_PREFIX,
        )
        try:
            return msgspec.convert(remembered(unit={"unit": unit}), WorkResult)
        except (IdempotencyAlreadyInProgressError, IdempotencyInconsistentStateError):
            raise AlreadyRunningError("another invocation is processing it") from None


def _unit(work: WorkItem, part: str) -> str:
    """What is done once; a re-run that an operator asked for is another thing to do."""
    rerun = "" if work.rerun_token is None else f":{work.rerun_token}"
    return f"{work.ref.object_id}:{part}{rerun}"
