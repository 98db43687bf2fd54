"""Calls that IAM or KMS denies for good: never carried out, answered in each service's own words.

Every call is told by the function that makes it, the IAM action that it needs and the kind of its
resource, all three read from the request as it is sent.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from chalicelib import aws
from tests.account.account import _Raw
from tests.account.faults import body_of
from tests.account.settings import LANDING, REGION, RESULTS, SETTINGS

if TYPE_CHECKING:
    import pytest

    from tests.account.account import Account
    from tests.nights import Transforms

How = Literal["iam", "kms", "kms disabled"]

# The names of the clients in `chalicelib.aws` and of their services in botocore's events.
SERVICES = {
    "dynamodb": "dynamodb",
    "functions": "lambda",
    "s3": "s3",
    "sagemaker_runtime": "sagemaker-runtime",
    "sqs": "sqs",
}
# Service Authorization Reference: the actions that are not called like their operations.
_ACTIONS = {
    "DeleteMessageBatch": "DeleteMessage",
    "HeadObject": "GetObject",
    "Invoke": "InvokeFunction",
    "ListObjectsV2": "ListBucket",
    "SendMessageBatch": "SendMessage",
}
_TABLES = {
    SETTINGS["IDEMPOTENCY_TABLE"]: "the idempotency table",
    SETTINGS["PROGRESS_TABLE"]: "the progress table",
}
_QUEUES = {"work": "the work queue", "dead": "the dead-letter queue"}
# What the services say of a key that may not be used; the first is followed by the action.
_S3_KEY = "on this resource because no resource-based policy allows the action"
_KEY = (
    "The ciphertext refers to a customer master key that does not exist, does not exist in this "
    "region, or you are not allowed to access. (Service: AWSKMS; Status Code: 400)"
)


class Call(NamedTuple):
    """One kind of call: the function, such as `summarize`, the IAM action and the resource."""

    function: str
    action: str
    resource: str


class Watch:
    """Notes which kinds of calls the functions make, and denies some of them until it is lifted."""

    def __init__(self, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account, self.function = account, ""
        self.seen: set[Call] = set()
        self.denied: frozenset[Call] = frozenset()
        self.how: How = "iam"
        self.times = 0
        self.handed_on: list[dict[str, Any]] = []
        self.held: list[str] = []
        call = account.call

        def named(name: str, event: dict[str, Any]) -> Any:
            self.function = name
            try:
                return call(name, event)
            finally:
                self.function = ""

        monkeypatch.setattr(account, "call", named)
        for client, service in SERVICES.items():
            events = account.renew_client(client).meta.events
            events.register_first(f"before-send.{service}", self._before_send)
        aws.sqs().meta.events.register("after-call.sqs.ReceiveMessage", self._hold)

    def deny(self, *calls: Call, how: How = "iam") -> None:
        """Deny these kinds of calls from now on."""
        self.denied, self.how = frozenset(calls), how

    def lift(self) -> None:
        """Deny nothing any more."""
        self.denied = frozenset()

    def show_dead_letters(self) -> None:
        """Let the time pass for which dead letters are hidden that a redrive did not delete."""
        sqs, url = self.account.sqs, self.account.dead_letter_url
        while self.held:
            with contextlib.suppress(sqs.exceptions.ReceiptHandleIsInvalid):  # it was deleted
                sqs.change_message_visibility(
                    QueueUrl=url, ReceiptHandle=self.held.pop(), VisibilityTimeout=0
                )

    def _hold(self, parsed: dict[str, Any], **_: Any) -> None:
        self.held += [message["ReceiptHandle"] for message in parsed.get("Messages", [])]

    def _before_send(self, request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        service, operation = event_name.split(".")[1:]
        action, resource = _asked(service, operation, request)
        call = Call(self.function, action, resource)
        if self.function:
            self.seen.add(call)
        # S3 describes an object without its key.
        if call in self.denied and (self.how == "iam" or operation != "HeadObject"):
            self.times += 1
            request.refused = True
            return _denial(service, operation, request, action, self.how)
        if service == "lambda":
            self.handed_on.append(json.loads(body_of(request)))
            request.refused = True
            return AWSResponse(request.url, 202, HTTPHeaders(), _Raw(b""))
        return None


class WatchedTransforms:
    """The pretended SageMaker's control plane; a call that is denied goes to the real client."""

    def __init__(self, watch: Watch, standin: Transforms) -> None:
        self._watch, self._standin = watch, standin
        self._real = cast("Any", aws._client("sagemaker", aws._STORES))
        self._real.meta.events.register_first("before-send.sagemaker", watch._before_send)

    def __getattr__(self, name: str) -> Any:
        operation = "".join(word.capitalize() for word in name.split("_"))
        watch = self._watch

        def call(**request: Any) -> Any:
            asked = Call(watch.function, *_asked_of_sagemaker(operation, request))
            watch.seen.add(asked)
            return getattr(self._real if asked in watch.denied else self._standin, name)(**request)

        return call


def _asked(service: str, operation: str, request: Any) -> tuple[str, str]:
    url = urlsplit(request.url)
    action = _ACTIONS.get(operation, operation)
    if service == "s3":
        bucket = url.netloc.split(".")[0]
        kind = {LANDING: "the landing bucket", RESULTS: "the results bucket"}[bucket]
        folder, slash, _ = unquote(url.path).lstrip("/").partition("/")
        if action == "GetObject" and "versionId" in parse_qs(url.query):
            action = "GetObjectVersion"
        return f"s3:{action}", f"{folder}/ in {kind}" if slash else kind
    if service == "sagemaker-runtime":
        return f"sagemaker:{action}", f"endpoint {url.path.split('/')[2]}"
    if service == "lambda":
        return f"lambda:{action}", "the function itself"
    asked = json.loads(body_of(request))
    if service == "sagemaker":
        return _asked_of_sagemaker(operation, asked)
    if service == "dynamodb":
        return f"dynamodb:{action}", _TABLES[asked["TableName"]]
    return f"sqs:{action}", _QUEUES[asked["QueueUrl"].rpartition("/")[2]]


def _asked_of_sagemaker(operation: str, asked: dict[str, Any]) -> tuple[str, str]:
    if "EndpointName" in asked:
        return f"sagemaker:{operation}", f"endpoint {asked['EndpointName']}"
    kinds = {"EndpointConfigName": "the endpoint's configuration"}
    found = next((kinds[name] for name in kinds if name in asked), "the transform job")
    return f"sagemaker:{operation}", found


def _denial(service: str, operation: str, request: Any, action: str, how: How) -> AWSResponse:
    code, message = _words(service, operation, request, action, how)
    headers = {"x-amzn-RequestId": "denied"}
    if service == "s3":
        body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        if operation == "HeadObject":
            body = ""  # the response to a HEAD request has no body
        status = 400 if code.startswith("KMS.") else 403
        headers["Content-Type"] = "application/xml"
    else:
        status = 403 if service == "lambda" else 400
        body = json.dumps({"__type": f"com.amazon.coral.service#{code}", "message": message})
        headers["Content-Type"] = "application/x-amz-json-1.1"
        if service in {"lambda", "sagemaker-runtime"}:
            headers["x-amzn-ErrorType"] = code
        if service == "sqs":  # an error's name in the protocol before this one
            headers["x-amzn-query-error"] = f"{code};Sender"
    return AWSResponse(request.url, status, HTTPHeaders.from_dict(headers), _Raw(body.encode()))


def _words(service: str, operation: str, request: Any, action: str, how: How) -> tuple[str, str]:
    """Code and message; an IAM denial repeats the resource, an object's key included."""
    role = f"arn:aws:sts::123456789012:assumed-role/{action}/lambda"
    if how == "iam":
        what = f"arn:aws:of:{REGION}:123456789012:{unquote(urlsplit(request.url).path)}"
        message = f"User: {role} is not authorized to perform: {action} on resource: {what}"
        code = "AccessDenied" if service in {"s3", "sqs"} else "AccessDeniedException"
        return code, f"{message} because no identity-based policy allows the {action} action"
    if how == "kms disabled":
        return "KMS.DisabledException", "arn:aws:kms:us-east-1:123456789012:key/1 is disabled."
    if service == "s3":
        key_action = "GenerateDataKey" if operation == "PutObject" else "Decrypt"
        message = f"User: {role} is not authorized to perform: kms:{key_action} {_S3_KEY}"
        return "AccessDenied", message
    if service == "dynamodb":
        return "AccessDeniedException", f"KMS key access denied error: {_KEY}"
    return "KMS.AccessDeniedException", _KEY


def granted(policy: dict[str, Any]) -> Iterator[str]:
    """The actions that a policy allows."""
    for statement in policy["Statement"]:
        if "Fn::If" in statement:  # in a VPC, Lambda itself makes these calls
            continue
        actions = statement["Action"]
        yield from [actions] if isinstance(actions, str) else actions
