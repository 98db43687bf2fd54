"""The idempotency records of units: their keys, and the completion of another unit's record."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
)
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import without_message
from chalicelib.observability import log_warning
from chalicelib.output.document import Counts
from chalicelib.processing.context import REMEMBERED_S, ProcessingContext, WorkResult

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.output.results import StandingResult
    from chalicelib.processing.claims import ClaimClient

KEY_PREFIX = "summarize"
# The part of an object that is processed as a whole; the others are the numbers of its chunks.
WHOLE = "object"


def unit_of(object_id: str, part: str, rerun_token: str | None) -> dict[str, str]:
    """The idempotency key of a unit; an operator's re-run is a separate unit."""
    rerun = f":{rerun_token}" if rerun_token else ""
    return {"unit": f"{object_id}:{part}{rerun}"}


def config(lambda_context: LambdaContext | None = None) -> IdempotencyConfig:
    """How records are kept; `lambda_context` limits how long a claim can outlive its invocation."""
    return IdempotencyConfig(
        event_key_jmespath="unit",
        raise_on_no_idempotency_key=True,
        expires_after_seconds=REMEMBERED_S,
        lambda_context=lambda_context,
    )


def store(table: str, client: DynamoDBClient | ClaimClient) -> DynamoDBPersistenceLayer:
    """The store of the records."""
    return DynamoDBPersistenceLayer(table_name=table, boto3_client=cast("DynamoDBClient", client))


def complete_replaced(context: ProcessingContext, replaced: StandingResult) -> None:
    """Complete the record of a whole object whose result is about to be replaced.

    Its result was what said that it is done. If this fails, a late copy of its message may be paid
    for again, and nothing worse.
    """
    if replaced.object_id is None:
        return  # of an earlier release, or without versions: its record has been completed
    unit = unit_of(replaced.object_id, WHOLE, replaced.rerun_token)
    records = store(context.settings.idempotency_table, context.dynamodb)
    records.configure(config(), key_prefix=KEY_PREFIX)
    done = WorkResult(Counts(0, 0, 0), superseded=True)
    try:
        records.save_success(data=unit, result=msgspec.to_builtins(done))
    except (BotoCoreError, ClientError) as error:
        problem = str(without_message(error))
        log_warning("could not complete the record of a replaced result", problem=problem)
