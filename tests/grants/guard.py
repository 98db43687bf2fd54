"""Enforces the roles on the functions' AWS calls in the test account, and keeps what they need.

botocore's events tell of each call: a denied one is answered as AWS answers it, and never reaches
the account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from tests.grants.engine import Need, Statement, allows
from tests.grants.needs import Call, needs_of

_NOT_FOUND = 404
_CALL = "call that the guard saw"


class Denial(NamedTuple):
    """A call that a role does not allow, and what it lacked."""

    function: str
    need: Need


@dataclass
class Guard:
    """The roles by function; `acting` is the function that runs."""

    roles: Mapping[str, list[Statement]]
    acting: str = ""
    needs: dict[str, set[Need]] = field(default_factory=dict)
    denials: list[Denial] = field(default_factory=list)
    invocations: list[bytes] = field(default_factory=list)

    def watch(self, events: Any) -> None:
        """See every call of clients that are made after this with these events."""
        events.register("before-parameter-build", self._remember)
        events.register("before-call", self._authorize)
        events.register("after-call", self._look_back)

    def _remember(self, params: dict[str, Any], model: Any, context: Any, **_: Any) -> None:
        service = model.service_model.service_id.hyphenize()
        context[_CALL] = Call(service, model.name, dict(params))

    def _authorize(self, context: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        call: Call = context[_CALL]
        if not self._may(call):
            return self._denied(call)
        if call.service == "lambda":
            # Nobody runs functions here: the test does what Lambda would do next.
            self.invocations.append(call.parameters["Payload"])
            return AWSResponse("", 202, HTTPHeaders(), None), {"StatusCode": 202}
        return None

    def _look_back(self, http_response: AWSResponse, parsed: Any, context: Any, **_: Any) -> None:
        call: Call = context[_CALL]
        if call.service != "s3" or http_response.status_code != _NOT_FOUND:
            return
        if not self._may(Call(call.service, call.operation, call.parameters, is_missing=True)):
            # S3 does not tell whether an object exists to those who may not list the bucket.
            parsed["Error"] = _error(call)

    def _may(self, call: Call) -> bool:
        assert self.acting, f"{call.operation} outside a function"
        needed = set(needs_of(call))
        self.needs.setdefault(self.acting, set()).update(needed)
        lacked = {need for need in needed if not allows(self.roles[self.acting], need)}
        self.denials += [Denial(self.acting, need) for need in sorted(lacked)]
        return not lacked

    def _denied(self, call: Call) -> tuple[AWSResponse, dict[str, Any]]:
        response = AWSResponse("", 403, HTTPHeaders(), None)
        return response, {
            "Error": _error(call),
            "ResponseMetadata": {"HTTPStatusCode": 403, "HTTPHeaders": {}, "RetryAttempts": 0},
        }


def _error(call: Call) -> dict[str, str]:
    code = "AccessDeniedException"
    if call.service in {"s3", "sqs"}:
        code = "403" if call.operation == "HeadObject" else "AccessDenied"
    return {"Code": code, "Message": "No identity-based policy allows the action."}
