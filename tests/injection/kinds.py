"""The kinds of faults: what happens to one call, once or through all of its retries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError

from tests.injection.refusals import Reason, refused
from tests.injection.wire import Call, KilledError, Sending

# Both the SDK (`aws.py`) and the endpoint client try four times. InvokeEndpoint is the only call
# that the SDK does not repeat: the endpoint client does, as a new call with the same body.
ALL_TRIES = 4
RUNTIME = "sagemaker-runtime"


def _refuse(sending: Sending, reason: Reason) -> AWSResponse:
    return refused(sending.call.service, sending.request, reason)


def _lose_connection(sending: Sending) -> AWSResponse:
    raise EndpointConnectionError(endpoint_url=sending.request.url)


def _lose_answer(sending: Sending) -> AWSResponse:
    sending.deliver()
    raise ConnectionClosedError(endpoint_url=sending.request.url)


def _kill_before(_sending: Sending) -> AWSResponse:
    raise KilledError


def _kill_after(sending: Sending) -> AWSResponse:
    sending.deliver()
    raise KilledError


class Kind(NamedTuple):
    """A kind of fault, and whether it lasts through all retries of the call."""

    name: str
    act: Callable[[Sending], AWSResponse]
    lasts: bool = False
    # An answer of the model that is lost again and again is paid again and again: that would be
    # several faults. The SDK gives up at the first.
    lasts_at_endpoint: bool = True

    def strikes(self, call: Call) -> int:
        """How many requests it hits."""
        if not self.lasts or (call.service == RUNTIME and not self.lasts_at_endpoint):
            return 1
        return ALL_TRIES

    def differs_at(self, call: Call) -> bool:
        """Whether it is not the same as the kind that strikes once."""
        return not self.lasts or self.strikes(call) > 1


FAILURES = (
    Kind("denied", partial(_refuse, reason="denied")),
    Kind("5xx once", partial(_refuse, reason="failed")),
    Kind("5xx through all retries", partial(_refuse, reason="failed"), lasts=True),
    Kind("throttled once", partial(_refuse, reason="throttled")),
    Kind("throttled through all retries", partial(_refuse, reason="throttled"), lasts=True),
    Kind("connection lost once", _lose_connection),
    Kind("connection lost through all retries", _lose_connection, lasts=True),
    Kind("answer lost once", _lose_answer),
    Kind("answer lost through all retries", _lose_answer, lasts=True, lasts_at_endpoint=False),
)
KILLS = (Kind("killed before", _kill_before), Kind("killed after", _kill_after))
KINDS = FAILURES + KILLS


@dataclass
class Fault:
    """One fault of a kind at one call."""

    kind: Kind
    target: Call
    hits: int = 0
    _body: bytes | None = None

    @property
    def is_done(self) -> bool:
        """Whether it hit every request that it is to hit."""
        return self.hits == self.kind.strikes(self.target)

    def __call__(self, sending: Sending) -> AWSResponse | None:
        """Disturb a request if it is one of the target's."""
        if self.is_done or not self._concerns(sending):
            return None
        self.hits += 1
        return self.kind.act(sending)

    def _concerns(self, sending: Sending) -> bool:
        if sending.call.label == self.target.label:
            self._body = sending.body
            return True
        again = self.target.service == RUNTIME and sending.call.service == RUNTIME
        return again and self._body is not None and sending.body == self._body
