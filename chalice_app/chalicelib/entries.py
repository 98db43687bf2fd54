"""The entry of the nightly function and of the operators' one: clients, settings, errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib import aws, nightly, operate
from chalicelib.errors import AlreadyRunningError, RequestError
from chalicelib.nightmeans import Means, Resume
from chalicelib.observability import count, log_info, log_warning
from chalicelib.settings import current_settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# A lost continuation would be found by the next night; one without end would not.
MOST_HOPS = 1000
_OF_EVENTBRIDGE = ("version", "account", "region", "detail-type", "source", "time", "id")


class _Event(msgspec.Struct):
    """The nightly function's event: EventBridge's, an operator's `{}`, or its own."""

    resume: Resume | None = None
    hop: int = 0


def night_means(seconds_left: Callable[[], float]) -> Means:
    """What a night works with, here and in the function that hears of its job."""
    return Means(
        settings=current_settings(),
        s3=aws.s3(),
        sqs=aws.sqs(),
        dynamodb=aws.dynamodb(),
        sagemaker=aws.sagemaker(),
        seconds_left=seconds_left,
    )


def callable_by_hand(handler: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A scheduled function that takes `{}` too: Chalice reads members that only EventBridge sends.

    Args:
        handler: the function as Chalice made it.
    """

    def nightly_by_hand(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        filled = dict.fromkeys(_OF_EVENTBRIDGE, "") | {"detail": {}, "resources": []} | event
        return handler(filled, context)

    return nightly_by_hand


def run_night(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Run the night, or go on with it; returns what it came to."""
    asked = msgspec.convert(event, _Event)

    def hand_on(resume: Resume) -> None:
        if asked.hop >= MOST_HOPS:
            count("NightlyFailed")
            log_warning("the night has no end", status="stopped")
            return
        payload = _Event(resume, asked.hop + 1)
        aws.functions().invoke(
            FunctionName=context.invoked_function_arn,
            InvocationType="Event",
            Payload=msgspec.json.encode(payload),
        )

    try:
        means = replace(night_means(_seconds(context)), hand_on=hand_on)
        told = nightly.run(means, asked.resume)
    except AlreadyRunningError as error:
        log_info("not run", reason=str(error))
        return {"status": "running"}
    except Exception:
        count("NightlyFailed")
        raise
    return {"status": "continues" if told.continues else "done", **msgspec.to_builtins(told)}


def operate_on(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an operator; a request that is none comes back as `{"error": …}`."""
    means = operate.Means(
        settings=current_settings(),
        s3=aws.s3(),
        sqs=aws.sqs(),
        dynamodb=aws.dynamodb(),
        seconds_left=_seconds(context),
    )
    try:
        return operate.answer(means, event)
    except RequestError as error:
        return {"error": str(error)}


def _seconds(context: LambdaContext) -> Callable[[], float]:
    return lambda: context.get_remaining_time_in_millis() / 1000
