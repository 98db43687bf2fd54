"""Builds the context of each function: its settings and its AWS clients."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from chalicelib import aws, operations
from chalicelib.drafting.call_size import CallSizes
from chalicelib.drafting.endpoint import CallBudget, EndpointClient
from chalicelib.drafting.shared_calls import Seat, SharedCalls
from chalicelib.intake.chunk_plan import Plans
from chalicelib.nightly.context import NightlyContext
from chalicelib.observability import observe_call
from chalicelib.processing.context import ProcessingContext
from chalicelib.settings import current_settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def shared_calls(context: LambdaContext) -> SharedCalls:
    """The model calls of one invocation, which its messages share."""
    budget = CallBudget(seconds_left=_seconds_left(context))
    endpoint = EndpointClient(aws.sagemaker_runtime(), budget, observe_call, call_sizes())
    return SharedCalls(endpoint, current_settings().micro_batch_records)


@cache
def call_sizes() -> CallSizes:
    """What this process has learned about its endpoints."""
    return CallSizes()


def plans() -> Plans:
    """The plans of large objects, to be read by one invocation."""
    return Plans(aws.dynamodb(), current_settings().progress_table)


def processing_context(  # noqa: PLR0913  # one for each thing that differs
    context: LambdaContext,
    seat: Seat,
    plans: Plans,
    attempt: int,
    *,
    alone: bool = True,
    deaths: int = 0,
) -> ProcessingContext:
    """The context for processing one message; ProcessingContext describes the arguments."""
    return ProcessingContext(
        settings=current_settings(),
        s3=aws.s3(),
        sqs=aws.sqs(),
        dynamodb=aws.dynamodb(),
        seat=seat,
        plans=plans,
        attempt=attempt,
        request_id=context.aws_request_id,
        started_at=datetime.now(UTC),
        alone=alone,
        deaths=deaths,
    )


def nightly_context(context: LambdaContext) -> NightlyContext:
    """The context for a nightly run and for the messages about its transform job."""
    return NightlyContext(
        settings=current_settings(),
        s3=aws.s3(),
        sqs=aws.sqs(),
        dynamodb=aws.dynamodb(),
        sagemaker=aws.sagemaker(),
        seconds_left=_seconds_left(context),
        owner=context.aws_request_id,
    )


def operator_context(context: LambdaContext) -> operations.OperatorContext:
    """The context for an operator's request."""
    return operations.OperatorContext(
        settings=current_settings(),
        s3=aws.s3(),
        sqs=aws.sqs(),
        dynamodb=aws.dynamodb(),
        seconds_left=_seconds_left(context),
    )


def _seconds_left(context: LambdaContext) -> Callable[[], float]:
    return lambda: context.get_remaining_time_in_millis() / 1000
