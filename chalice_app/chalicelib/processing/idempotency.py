"""Processes each unit of work once: Powertools Idempotency on DynamoDB around the pipeline.

A unit that is done or in progress is not paid for again. An idempotency record stores only counts,
not report text.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig, idempotent_function
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyPersistenceLayerError,
)

from chalicelib.errors import (
    AlreadyRunningError,
    DiedBeforeError,
    MessageError,
    without_message,
)
from chalicelib.observability import log_info, log_warning
from chalicelib.output.document import Counts
from chalicelib.processing import finished, records
from chalicelib.processing.claims import ClaimClient
from chalicelib.processing.context import EarlierRuns, ProcessingContext, WorkResult
from chalicelib.processing.pipeline import process_chunk, process_object

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from chalicelib.queue.messages import WorkItem

_Do = Callable[[EarlierRuns], WorkResult]
_Find = Callable[[], WorkResult | None]


class IdempotentProcessor:
    """Runs the pipeline once per unit: a small object, or a chunk of a large one."""

    def __init__(self, context: ProcessingContext, lambda_context: LambdaContext) -> None:
        """`lambda_context` limits how long a lock of this invocation can outlive it."""
        self._context = context
        self._config = records.config(lambda_context)

    def process(self, work: WorkItem) -> WorkResult:
        """Process one unit of work, or return its result if it is already done.

        Raises:
            RetryableError: another invocation is processing it, or it cannot be done now.
        """
        context, object_id = self._context, work.ref.object_id
        plan = None
        if work.start is not None:
            plan = context.plans.of(object_id, work.rerun_token)
        if plan is None:
            # A range without a plan is a whole small object, or its plan has expired: read the
            # object again.
            return self._once(
                work,
                records.unit_of(object_id, records.WHOLE, work.rerun_token),
                partial(process_object, context, work),
                lambda: finished.finished_object(context, work),
            )
        if plan.rerun_token != work.rerun_token:
            # A chunk of a run that a later one has superseded.
            return WorkResult(Counts(0, 0, 0))
        chunk = (work.start or 0) // plan.chunk_records
        if chunk >= plan.chunks:
            raise MessageError("the message's range is beyond the end of its object")
        if work.start != plan.bounds(chunk)[0]:
            work = msgspec.structs.replace(work, offset=None)
        return self._once(
            work,
            records.unit_of(object_id, str(chunk), work.rerun_token),
            partial(process_chunk, context, work, plan, chunk),
            lambda: finished.finished_chunk(context, work, plan, chunk),
        )

    def _once(self, work: WorkItem, unit: dict[str, str], do: _Do, find: _Find) -> WorkResult:
        """Do a unit unless its record answers it; `find` looks for what an earlier run finished."""
        claim = _Claim(self._context, self._config, work, do, find)
        result = claim.take(unit)
        if claim.result is not None or finished.still_stands(self._context, work):
            return result
        log_info("processed again: its result does not stand", object_id=work.ref.object_id)
        return _Claim(self._context, self._config, work, do, find).take(unit, redo=True)


class _Claim:
    """One claim of one unit's idempotency record, and what is done under it."""

    def __init__(
        self,
        context: ProcessingContext,
        config: IdempotencyConfig,
        work: WorkItem,
        do: _Do,
        find: _Find,
    ) -> None:
        self._context, self._config, self._work = context, config, work
        self._do, self._find = do, find
        self._failure: Exception | None = None
        self.result: WorkResult | None = None  # None if the record holds it

    def take(self, unit: dict[str, str], *, redo: bool = False) -> WorkResult:
        """Claim the record and do the unit, or return the result that the record holds."""
        client = ClaimClient(self._context.dynamodb, redo=redo, deaths=self._context.deaths)

        def process(*, unit: dict[str, str]) -> dict[str, Any]:
            del unit  # only the key of the idempotency record
            # An interrupted run may have done everything but complete its record.
            found = self._find() if client.replaced and not redo else None
            try:
                if found is None:
                    found = self._do(EarlierRuns(self._deaths(client), client.replaced))
                self.result = found
                client.is_proven = self._proves(found) and not client.deaths
            except Exception as error:
                self._failure = error
                raise
            return msgspec.to_builtins(self.result)  # type: ignore[no-any-return]  # a struct becomes a dict

        process_once = idempotent_function(
            process,
            data_keyword_argument="unit",
            persistence_store=records.store(self._context.settings.idempotency_table, client),
            config=self._config,
            key_prefix=records.KEY_PREFIX,
        )
        try:
            return msgspec.convert(process_once(unit=unit), WorkResult)
        except (IdempotencyAlreadyInProgressError, IdempotencyInconsistentStateError):
            # Its run may have ended, and left the record to what it has written.
            self.result = self._find()
            if self.result is not None:
                return self.result
            wait_s = max(0.0, client.blocked_until - time.time())
            raise AlreadyRunningError("another invocation is processing it", wait_s) from None
        except IdempotencyPersistenceLayerError as error:
            problem = str(without_message(error))
            if self._failure is not None:
                log_warning("could not give up the idempotency record", problem=problem)
                raise self._failure from None
            if self.result is None:
                raise
            # Everything is written. The record stays in progress until it expires, and whoever
            # claims it then finds the result.
            log_warning("could not complete the idempotency record", problem=problem)
            return self.result

    def _proves(self, result: WorkResult) -> bool:
        """Whether what was written says for ever that the unit is done.

        The messages of a split object have left no trace, and a result that does not stand can be
        another's. Without versions, the same upload may come again after another.
        """
        versioned = self._work.ref.version_id is not None
        return versioned and not result.chunks and not result.superseded

    def _deaths(self, client: ClaimClient) -> int:
        """How many runs of the unit ended their process; after one it must be processed alone."""
        if client.deaths and not self._context.alone:
            raise DiedBeforeError(client.deaths)
        return client.deaths
