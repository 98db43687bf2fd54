"""Builds the context of each function: its settings and its AWS clients."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalicelib import aws, operations
from chalicelib.drafting.endpoint import CallBudget, EndpointClient
from chalicelib.nightly.context import NightlyContext
from chalicelib.observability import observe_call
from chalicelib.processing.context import ProcessingContext
from chalicelib.settings import current_settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def processing_context(
    context: LambdaContext, attempt: int, *, alone: bool = True, died: bool = False
) -> ProcessingContext:
    """The context for processing one message; ProcessingContext describes the arguments."""
    return ProcessingContext(
        settings=current_settings(),
        s3=aws.s3(),
        sqs=aws.sqs(),
        dynamodb=aws.dynamodb(),
        endpoint=EndpointClient(
            aws.sagemaker_runtime(), CallBudget(seconds_left=_seconds_left(context)), observe_call
        ),
        attempt=attempt,
        request_id=context.aws_request_id,
        started_at=datetime.now(UTC),
        alone=alone,
        died=died,
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
