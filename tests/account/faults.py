"""Faults of single AWS calls, as a client sees them: refused before, or done and unanswered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError
from moto.core.models import botocore_stubber

from tests.account.settings import SETTINGS

if TYPE_CHECKING:
    from tests.account.account import Account

# What a request must contain to be the one that fails.
Chosen = Callable[[Any], bool]


def lose_responses(
    account: Account,
    service: str,
    operation: str,
    times: int = 1,
    chosen: Chosen | None = None,
    *,
    retries_too: bool = False,
) -> list[str]:
    """Carry requests out and lose their responses; the SDK sends them again.

    Args:
        account: whose function makes the requests.
        service: the client, by its name in `chalicelib.aws`.
        operation: the operation, such as `PutItem`.
        times: how many responses are lost.
        chosen: which requests; all of the operation if None.
        retries_too: lose the responses of the SDK's repetitions as well.

    Returns:
        The URLs of the requests, one for each response that was lost so far.
    """
    lost: list[str] = []

    def lose(request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        attempt = request.headers["amz-sdk-request"]
        is_repeated = b"attempt=1" not in (
            attempt.encode() if isinstance(attempt, str) else attempt
        )
        if len(lost) >= times or (is_repeated and not retries_too):
            return None
        if chosen is not None and not chosen(request):
            return None
        lost.append(request.url)
        assert botocore_stubber(event_name, request) is not None
        if hasattr(request.body, "seek"):
            request.body.seek(0)
        raise ConnectionClosedError(endpoint_url=request.url)

    _register(account, service, operation, lose)
    return lost


def refuse(
    account: Account, service: str, operation: str, times: int, chosen: Chosen | None = None
) -> list[str]:
    """Lose the connection of requests before anything is carried out, retries included."""
    refused: list[str] = []

    def answer(request: Any, **_: Any) -> AWSResponse | None:
        if len(refused) >= times or (chosen is not None and not chosen(request)):
            return None
        refused.append(request.url)
        raise ConnectionClosedError(endpoint_url=request.url)

    _register(account, service, operation, answer)
    return refused


def _register(
    account: Account, service: str, operation: str, handler: Callable[..., AWSResponse | None]
) -> None:
    client = account.renew_client(service)
    name = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register_first(f"before-send.{name}.{operation}", handler)


def body_of(request: Any) -> bytes:
    """The body of a request, which stays to be sent."""
    if isinstance(request.body, bytes):
        return request.body
    if request.body is None:
        return b""
    data: bytes = request.body.read()
    request.body.seek(0)
    return data


def expire_claims(account: Account) -> None:
    """Let the time pass after which a claim that was not completed is free."""
    table = SETTINGS["IDEMPOTENCY_TABLE"]
    for item in account.dynamodb.scan(TableName=table)["Items"]:
        if item["status"]["S"] == "INPROGRESS":
            item["in_progress_expiration"] = {"N": "1"}
            account.dynamodb.put_item(TableName=table, Item=item)
