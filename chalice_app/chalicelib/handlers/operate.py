"""The operator function: takes one request and returns one document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib import operations
from chalicelib.errors import RequestError, without_message
from chalicelib.handlers.contexts import operator_context

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process an operator's request; a request that is not valid returns `{"error": …}`."""
    try:
        return operations.answer(operator_context(context), event)
    except RequestError as error:
        return {"error": str(error)}
    except Exception as error:  # noqa: BLE001  # whatever it is, its message must not be logged
        # Lambda logs an uncaught error with its message.
        raise without_message(error) from None
