"""The nightly function: starts a nightly run, or continues it in a new invocation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib import aws
from chalicelib.errors import AlreadyRunningError, RequestError, without_message
from chalicelib.handlers.contexts import nightly_context
from chalicelib.nightly import run
from chalicelib.nightly.context import Continuation
from chalicelib.observability import count, log_info, log_warning

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# The next nightly run recovers from a lost continuation, but not from an endless chain.
MAX_CONTINUATIONS = 1000
_EVENTBRIDGE_FIELDS = ("version", "account", "region", "detail-type", "source", "time", "id")


class _Event(msgspec.Struct):
    """The nightly function's event: from EventBridge, from an operator (`{}`), or its own."""

    resume: Continuation | None = None
    hop: int = 0


def invocable_by_hand(handler: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Make a scheduled function accept `{}`: Chalice reads fields that only EventBridge sends.

    Args:
        handler: the function as Chalice wrapped it.
    """

    def nightly_by_hand(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        filled = dict.fromkeys(_EVENTBRIDGE_FIELDS, "") | {"detail": {}, "resources": []} | event
        return handler(filled, context)

    return nightly_by_hand


def read_event(event: object) -> _Event:
    """Read the function's event.

    Raises:
        RequestError: a field has the wrong type; the message contains no value of it.
    """
    try:
        return msgspec.convert(event, _Event)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise RequestError(f"the event is not valid: {error}; send {{}}") from None


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Start or continue the nightly run; returns its result."""
    request = read_event(event)

    def hand_on(resume: Continuation) -> None:
        if request.hop >= MAX_CONTINUATIONS:
            count("NightlyFailed")
            log_warning("nightly run exceeded its continuation limit", status="stopped")
            return
        payload = _Event(resume, request.hop + 1)
        aws.functions().invoke(
            FunctionName=context.invoked_function_arn,
            InvocationType="Event",
            Payload=msgspec.json.encode(payload),
        )

    try:
        result = run.run(replace(nightly_context(context), hand_on=hand_on), request.resume)
    except AlreadyRunningError as error:
        log_info("nightly run skipped", reason=str(error))
        return {"status": "running"}
    except Exception as error:  # noqa: BLE001  # whatever it is, its message must not be logged
        count("NightlyFailed")
        # Lambda logs an uncaught error with its message.
        raise without_message(error) from None
    return {"status": "continues" if result.continues else "done", **msgspec.to_builtins(result)}
