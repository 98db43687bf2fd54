"""The AWS calls and bytes of a file and of a large file's records, counted in this process.

The function's own code runs here against the local stack, on messages of a queue that no deployed
function reads. What Lambda itself calls (receiving and deleting messages) is not counted.
"""

from __future__ import annotations

import io
import os
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest import mock

from botocore.response import StreamingBody

from benchmarks.events import sqs_event
from benchmarks.figures import Figure, Figures
from benchmarks.function_here import Context, environment, put_unnoticed
from benchmarks.reports import records

if TYPE_CHECKING:
    from benchmarks.stage import Stage

RECORDS = 2_000
MOST_MESSAGES = 10  # of one ReceiveMessage


@dataclass
class Traffic:
    """Requests by operation, and the bytes of all requests and responses, headers included."""

    calls: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    _received: int = 0
    _streams: list[StreamingBody] = field(default_factory=list)
    # The function may call from several threads.
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def received(self) -> int:
        """The bytes that were read: a stream that is closed early counts up to there."""
        return self._received + sum(stream.tell() for stream in self._streams)

    def request(self, event_name: str, request: Any, **_: Any) -> None:  # noqa: ANN401  # botocore's
        """Count a request that is about to be sent."""
        size = len(f"{request.method} {request.url}") + _header_bytes(request.headers)
        size += int(request.headers.get("Content-Length") or 0)
        with self._lock:
            self.calls[event_name.removeprefix("before-send.")] += 1
            self.sent += size

    def response(
        self,
        response_dict: Any = None,  # noqa: ANN401  # botocore's
        parsed_response: Any = None,  # noqa: ANN401  # botocore's
        **_: Any,  # noqa: ANN401  # botocore's
    ) -> None:
        """Count a response; none arrived if the connection failed."""
        if response_dict is None:
            return
        size = _header_bytes(response_dict["headers"])
        body = parsed_response.get("Body")
        if isinstance(body, StreamingBody):
            self._streams.append(body)  # its size is known when it has been read
        else:
            size += len(response_dict["body"])
        with self._lock:
            self._received += size


def calls(stage: Stage) -> Figures:
    """Calls and bytes per file: alone, and with as many in one invocation as a batch holds.

    And per record of a file of 2,000 records.
    """
    figures: Figures = {}
    with _function_here(stage) as here:
        here.process([{"report_id": "warm-up", **_texts("warm-up", 1)[0]}])
        alone = here.process([{"report_id": "one", **_texts("one", 1)[0]}])
        for name, count in sorted(alone.calls.items()):
            figures[f"aws_calls_a_file_{name}"] = Figure.of(count)
        figures["aws_calls_a_file"] = Figure.of(alone.calls.total())
        figures["bytes_sent_a_file"] = Figure.of(alone.sent)
        figures["bytes_received_a_file"] = Figure.of(alone.received)

        together = here.process(
            [
                {"report_id": f"f{i}", **one}
                for i, one in enumerate(_texts("together", here.batch_size))
            ]
        )
        figures["aws_calls_a_file_of_a_batch"] = Figure.of(together.calls.total() / here.batch_size)
        traffic = here.process([records(RECORDS, "calls")])
        for name, count in sorted(traffic.calls.items()):
            figures[f"aws_calls_a_record_{name}"] = Figure.of(count / RECORDS)
        figures["aws_calls_a_record"] = Figure.of(traffic.calls.total() / RECORDS)
        figures["bytes_sent_a_record"] = Figure.of(traffic.sent / RECORDS)
        figures["bytes_received_a_record"] = Figure.of(traffic.received / RECORDS)
    return figures


def _texts(seed: str, count: int) -> list[dict[str, Any]]:
    return [
        {"findings": one["findings"], "impression": one["impression"]}
        for one in records(count, f"calls-{seed}")
    ]


class _Here:
    """The function's code in this process, and a queue of its own."""

    def __init__(self, stage: Stage, queue_url: str, batch_size: int) -> None:
        self._stage, self._queue_url, self.batch_size = stage, queue_url, batch_size
        self._sqs = stage.stack.client("sqs")
        self._files = 0

    def process(self, documents: Sequence[Any]) -> Traffic:
        """Put a file with each document and process them, and all messages that come of it.

        Raises RuntimeError if a message fails: the counts would be meaningless.
        """
        from chalicelib import aws  # noqa: PLC0415  # reads the environment of _function_here
        from chalicelib.handlers import summarize  # noqa: PLC0415  # the same

        bodies = [
            put_unnoticed(self._stage, f"calls-{self._files + number}", document)
            for number, document in enumerate(documents)
        ]
        self._files += len(bodies)
        traffic = Traffic()
        events = aws.session().events
        events.register("before-send", traffic.request)
        events.register("response-received", traffic.response)
        # A client copies the session's handlers when it is made.
        for make in (aws.s3, aws.sqs, aws.dynamodb, aws.sagemaker_runtime):
            make.cache_clear()
        while bodies:
            with redirect_stdout(io.StringIO()):  # Powertools prints metrics
                response = summarize.handle(sqs_event(bodies), Context())  # type: ignore[arg-type]  # a stand-in
            if response["batchItemFailures"]:
                raise RuntimeError("a message failed: the counts would be meaningless")
            bodies = self._receive()
        events.unregister("before-send", traffic.request)
        events.unregister("response-received", traffic.response)
        return traffic

    def _receive(self) -> list[str]:
        """As many messages as Lambda would hand over at once; none if the queue is empty."""
        bodies: list[str] = []
        while len(bodies) < self.batch_size:
            found = self._sqs.receive_message(
                QueueUrl=self._queue_url,
                MaxNumberOfMessages=min(self.batch_size - len(bodies), MOST_MESSAGES),
            )
            if not found.get("Messages"):
                break
            for one in found["Messages"]:
                receipt = one["ReceiptHandle"]
                self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=receipt)
                bodies.append(one["Body"])
        return bodies


@contextmanager
def _function_here(stage: Stage) -> Iterator[_Here]:
    """The function in this process, with the environment of the deployed one but for its queue."""
    stack = stage.stack
    sqs = stack.client("sqs")
    queue_url = sqs.create_queue(QueueName="benchmark-calls")["QueueUrl"]
    mappings = stack.client("lambda").list_event_source_mappings(
        FunctionName=stack.outputs.function_name
    )["EventSourceMappings"]
    with mock.patch.dict(os.environ, environment(stage) | {"WORK_QUEUE_URL": queue_url}):
        from chalicelib import aws, observability, settings  # noqa: PLC0415  # reads the above

        # Read on import, perhaps before this; without it, the hundredth value of a metric fails.
        namespace = os.environ["POWERTOOLS_METRICS_NAMESPACE"]
        observability.metrics.provider.namespace = namespace
        aws.forget_clients()
        settings.current_settings.cache_clear()
        try:
            yield _Here(stage, queue_url, mappings[0]["BatchSize"])
        finally:
            aws.forget_clients()
            settings.current_settings.cache_clear()
            sqs.delete_queue(QueueUrl=queue_url)


def _header_bytes(headers: Any) -> int:  # noqa: ANN401  # a mapping of botocore's
    return sum(len(str(name)) + len(str(value)) + len(": \r\n") for name, value in headers.items())
