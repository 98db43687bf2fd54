"""Between the functions' SDK clients and AWS: every request passes here, counted and labelled."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from botocore.awsrequest import AWSResponse
from moto.core.models import botocore_stubber

from chalicelib import aws
from tests.account.faults import body_of

# The clients of the functions, by their names in `chalicelib.aws`.
CLIENTS = ("s3", "sqs", "dynamodb", "sagemaker_runtime", "sagemaker", "functions")
_VARIES = re.compile(r"[^/]*\d[^/]*")

# Answers a request in the place of AWS; None leaves it to moto, or to the network.
Service = Callable[[Any], AWSResponse | None]


class KilledError(BaseException):
    """The process is killed: nothing of the project catches this, and no more calls are made."""


class Call(NamedTuple):
    """One call of the SDK, with all of its retries.

    `label` names the operation, the kind of its key, and which of its kind it is, from 0.
    """

    label: str
    service: str
    operation: str


@dataclass(frozen=True)
class Sending:
    """One request on its way; `deliver` carries it out as if nothing was wrong."""

    call: Call
    request: Any
    deliver: Callable[[], object]

    @property
    def body(self) -> bytes:
        """What is sent."""
        return body_of(self.request)


Disturbance = Callable[[Sending], AWSResponse | None]


@dataclass
class Wire:
    """What the functions call, in order; `disturb` may answer a request, or raise.

    `services` stand in for AWS where moto does not, by botocore's name of the service.
    """

    services: Mapping[str, Service]
    disturb: Disturbance | None = None
    calls: list[Call] = field(default_factory=list)
    # The prompts that each invocation asked of the models.
    asked: list[set[str]] = field(default_factory=list)
    _killed: bool = False
    _counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _current: threading.local = field(default_factory=threading.local)

    def new_process(self) -> None:
        """Begin an invocation: what was killed before is not this process."""
        self._killed = False
        self.asked.append(set())

    @contextmanager
    def tapped(self) -> Iterator[None]:
        """Listen to the functions' clients."""
        clients = [getattr(aws, name)() for name in CLIENTS]
        handlers = []
        for client in clients:
            send = self._sender(client)
            handlers.append((client.meta.events, send))
            client.meta.events.register("provide-client-params", self._begin)
            client.meta.events.register_first("before-send", send)
        try:
            yield
        finally:
            for events, send in handlers:
                events.unregister("provide-client-params", self._begin)
                events.unregister("before-send", send)

    def _begin(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        service = model.service_model.service_id.hyphenize()
        kind = f"{service}.{model.name} {kind_of_key(params)}"
        with self._lock:
            label = f"{kind} #{self._counts[kind]}"
            self._counts[kind] += 1
            call = Call(label, service, model.name)
            self.calls.append(call)
        # The SDK sends it, and sends it again, in the thread that made the call.
        self._current.call = call

    def _sender(self, client: Any) -> Callable[..., AWSResponse | None]:
        def send(request: Any, event_name: str, **_: Any) -> AWSResponse | None:
            if self._killed:
                raise KilledError
            call: Call = self._current.call
            if call.service == "sagemaker-runtime":
                self.asked[-1].update(json.loads(body_of(request))["text_inputs"])
            service = self.services.get(call.service)

            def deliver() -> object:
                done: object
                if service is not None:
                    done = service(request)
                elif call.service == "sagemaker-runtime":
                    done = client._endpoint.http_session.send(request).content
                else:
                    done = botocore_stubber(event_name, request)
                assert done is not None, f"nobody carries out {call.label}"
                if hasattr(request.body, "seek"):
                    request.body.seek(0)
                return done

            try:
                answer = self.disturb and self.disturb(Sending(call, request, deliver))
            except KilledError:
                self._killed = True
                raise
            if answer is None and service is not None:
                answer = service(request)
            # botocore asks every listener: moto would carry out what is answered here.
            request.refused = answer is not None
            return answer

        return send


def kind_of_key(params: Mapping[str, Any]) -> str:
    """What a call is about, without the parts that differ from run to run.

    Segments with a digit, such as ids, dates and shards, become `*`.
    """
    where = params.get("Bucket") or params.get("TableName") or params.get("QueueUrl") or ""
    item = params.get("Key") or params.get("Item") or params.get("Prefix") or ""
    if isinstance(item, Mapping):
        key = item.get("object_id") or item.get("id") or {"S": "?"}
        item = key["S"]
    name = params.get("EndpointName") or params.get("EndpointConfigName") or ""
    parts = [str(where).rpartition("/")[2], _VARIES.sub("*", str(item)), str(name)]
    return " ".join(part for part in parts if part)
