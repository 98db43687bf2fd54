from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from chalicelib import aws
from chalicelib.errors import SettingsError
from chalicelib.handlers import contexts, deliveries, summarize
from chalicelib.settings import current_settings
from tests.account.texts import decode
from tests.unit.chalicelib.conftest import Logged
from tests.unit.chalicelib.stores import IDEMPOTENCY, LANDING, PROGRESS, RESULTS, Context, Stores

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

CANARY = "canary-text"
Counted = dict[str, float]


class Runtime:
    """Answers like the 1.x container, or raises what it is told to."""

    def __init__(self) -> None:
        self.trouble: Exception | None = None
        self.then: Callable[[], object] = lambda: None
        self.calls = 0
        self.asked: list[str] = []

    def invoke_endpoint(self, **asked: Any) -> dict[str, Any]:
        self.calls += 1
        self.then()
        if self.trouble is not None:
            raise self.trouble
        texts = json.loads(asked["Body"])["text_inputs"]
        self.asked += [text.rsplit(": ", 1)[-1] for text in texts]
        return {"Body": io.BytesIO(json.dumps({"generated_texts": texts}).encode())}


@pytest.fixture
def runtime(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """The model behind the worker, which finds everything else in its environment."""
    environment = {
        "RESULTS_BUCKET": RESULTS,
        "WORK_QUEUE_URL": stores.settings.work_queue_url,
        "IDEMPOTENCY_TABLE": IDEMPOTENCY,
        "PROGRESS_TABLE": PROGRESS,
        "FINE_TUNED_ENDPOINT": "live",
        "FINE_TUNED_MODEL_ID": "small",
        "FINE_TUNED_MODEL_VERSION": "1",
        "CHUNK_RECORDS": "4",
        "RETRY_DELAY_S": "30",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    made = Runtime()
    monkeypatch.setattr(aws, "s3", lambda: stores.s3)
    monkeypatch.setattr(aws, "sqs", lambda: stores.sqs)
    monkeypatch.setattr(aws, "dynamodb", lambda: stores.dynamodb)
    monkeypatch.setattr(aws, "sagemaker_runtime", lambda: made)
    current_settings.cache_clear()
    contexts.call_sizes.cache_clear()
    yield made
    current_settings.cache_clear()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    seen: Counted = {}

    def count(name: str, value: float = 1) -> None:
        seen[name] = seen.get(name, 0) + value

    monkeypatch.setattr(summarize, "count", count)
    monkeypatch.setattr(deliveries, "count", count)
    return seen


@pytest.fixture
def hidden(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """For how long messages were hidden, in seconds."""
    seen: list[int] = []
    real = stores.sqs.change_message_visibility

    def change(**asked: Any) -> Any:
        seen.append(asked["VisibilityTimeout"])
        return real(**asked)

    monkeypatch.setattr(stores.sqs, "change_message_visibility", change)
    return seen


def deliver(stores: Stores, *bodies: Any, attempt: int = 1, context: Any = None) -> dict[str, Any]:
    """Send bodies through the queue and hand them to the worker, as Lambda does."""
    for body in bodies:
        text = body if isinstance(body, str) else json.dumps(body)
        stores.sqs.send_message(QueueUrl=stores.settings.work_queue_url, MessageBody=text)
    records = [
        {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"] | {"ApproximateReceiveCount": str(attempt)},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:work",
            "awsRegion": "us-east-1",
        }
        for message in stores.messages()
    ]
    return summarize.handle({"Records": records}, cast("LambdaContext", context or Context()))


def own(stores: Stores, key: str, *findings: Any) -> dict[str, str]:
    body = b"\n".join(json.dumps({"findings": text}).encode() for text in findings)
    ref = stores.land(key, body).ref
    return {"bucket": ref.bucket, "key": ref.key, "etag": ref.etag}


def test_batch_is_answered_and_told_of(
    stores: Stores, runtime: Runtime, counted: Counted, logged: Logged
) -> None:
    answer = deliver(stores, own(stores, "incoming/a", "one", ""), own(stores, "incoming/b", "two"))

    assert answer == {"batchItemFailures": []}
    assert runtime.calls == 1
    assert stores.keys("results/") == ["results/incoming/a.json", "results/incoming/b.json"]
    assert counted == {"RecordsOk": 2, "RecordsFailed": 1, "FilesCompleted": 2}
    assert [line["message"] for line in logged()] == ["processed", "processed"]
    assert sorted(line["records"] for line in logged()) == [1, 2]


def test_large_object_comes_back_as_chunks_which_alone_are_counted(
    stores: Stores, runtime: Runtime, counted: Counted, logged: Logged
) -> None:
    deliver(stores, own(stores, "incoming/a", *map(str, range(10))))
    before = dict(counted)

    deliver(stores)

    assert before == {}
    assert counted == {"RecordsOk": 10, "RecordsFailed": 0, "FilesCompleted": 1}
    assert runtime.calls == 1
    assert sorted(runtime.asked) == list(map(str, range(10)))
    assert [line["message"] for line in logged()] == ["split into chunks", *["processed"] * 3]
    assert stores.keys("results/incoming/a.json") == ["results/incoming/a.json"]


@pytest.mark.parametrize(
    "body",
    [
        {"Event": "s3:TestEvent"},
        {"bucket": LANDING, "key": "elsewhere/a", "etag": "e"},
        {"bucket": LANDING, "key": "incoming/ward/", "etag": "e"},
    ],
    ids=["test event", "no lane", "folder"],
)
def test_messages_of_no_concern_are_acknowledged(
    stores: Stores, runtime: Runtime, body: dict[str, str]
) -> None:
    answer = deliver(stores, body)

    assert answer == {"batchItemFailures": []}
    assert runtime.calls == 0
    assert stores.everything() == {}


def test_bad_message_goes_back_alone(
    stores: Stores, runtime: Runtime, hidden: list[int], logged: Logged
) -> None:
    answer = deliver(stores, own(stores, "incoming/a", "one"), CANARY)

    assert len(answer["batchItemFailures"]) == 1
    assert runtime.calls == 1
    assert hidden == [30]
    (warning,) = [line for line in logged() if line["level"] == "WARNING"]
    assert warning["error"] == "MessageError"
    assert warning["problem"] == "the message is not JSON"
    assert warning["message_id"] == answer["batchItemFailures"][0]["itemIdentifier"]


@pytest.mark.parametrize(
    ("attempt", "delay"), [(1, 30), (2, 60), (5, 480), (12, 43_200), (400, 43_200)]
)
@pytest.mark.usefixtures("runtime")
def test_message_is_hidden_for_longer_each_time(
    stores: Stores, hidden: list[int], attempt: int, delay: int
) -> None:
    deliver(stores, "no message", attempt=attempt)

    assert hidden == [delay]


def test_missing_endpoint_is_counted_and_waited_for(
    stores: Stores, runtime: Runtime, counted: Counted, hidden: list[int]
) -> None:
    runtime.trouble = ClientError(
        {"Error": {"Code": "ValidationError", "Message": "Endpoint live not found."}},
        "InvokeEndpoint",
    )

    answer = deliver(stores, own(stores, "incoming/a", "one"))

    assert len(answer["batchItemFailures"]) == 1
    assert counted == {"EndpointUnavailable": 1}
    assert hidden == [300]
    assert stores.everything() == {}


def test_message_that_could_not_be_hidden_goes_back_all_the_same(
    stores: Stores, runtime: Runtime, monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    del runtime

    def lost(**_: Any) -> None:
        raise ConnectionClosedError(endpoint_url="https://queue")

    monkeypatch.setattr(stores.sqs, "change_message_visibility", lost)

    answer = deliver(stores, "no message")

    assert len(answer["batchItemFailures"]) == 1
    assert [line["message"] for line in logged()] == [
        "returned to the queue",
        "could not extend the visibility timeout",
    ]


def test_denied_call_is_named_and_its_words_are_not_repeated(
    stores: Stores, runtime: Runtime, monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    del runtime
    message = own(stores, "incoming/a", "one")

    def denied(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": CANARY}}, "PutObject")

    monkeypatch.setattr(stores.s3, "put_object", denied)

    answer = deliver(stores, message)

    assert len(answer["batchItemFailures"]) == 1
    (line,) = logged()
    assert line["problem"] == "PutObject is denied (AccessDenied); check the function's role"


@pytest.mark.parametrize(
    "trouble",
    [
        None,
        ValueError(CANARY),
        ClientError({"Error": {"Code": "X", "Message": CANARY}}, "InvokeEndpoint"),
    ],
    ids=["none", "bug", "refusal"],
)
def test_report_text_never_reaches_the_log(
    stores: Stores,
    runtime: Runtime,
    trouble: Exception | None,
    logged: Logged,
    capfd: pytest.CaptureFixture[str],
) -> None:
    runtime.trouble = trouble

    deliver(stores, own(stores, f"incoming/{CANARY}", CANARY, CANARY * 3000, 5), CANARY)

    lines = logged()
    assert lines
    assert CANARY not in json.dumps(lines)
    assert CANARY not in "".join(capfd.readouterr())


def test_missing_setting_stops_the_function_by_name(
    stores: Stores, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    del runtime
    monkeypatch.delenv("RESULTS_BUCKET")

    with pytest.raises(SettingsError, match="RESULTS_BUCKET"):
        deliver(stores, {"Event": "s3:TestEvent"})


def test_each_work_of_one_message_is_done(stores: Stores, runtime: Runtime) -> None:
    records = []
    for key in ("incoming/a", "incoming/b"):
        ref = stores.land(key, b'{"findings": "one"}').ref
        records.append(
            {
                "eventSource": "aws:s3",
                "eventName": "ObjectCreated:Put",
                "s3": {
                    "bucket": {"name": ref.bucket},
                    "object": {"key": ref.key, "eTag": ref.etag, "versionId": ref.version_id},
                },
            }
        )

    answer = deliver(stores, {"Records": records})

    assert answer == {"batchItemFailures": []}
    assert runtime.calls == 2


class Elapsing(Context):
    """The context of an invocation whose time passes with every call of the model."""

    def __init__(self, runtime: Runtime, seconds_a_call: float) -> None:
        super().__init__()
        self._runtime, self._seconds = runtime, seconds_a_call

    def get_remaining_time_in_millis(self) -> int:
        return int(900_000 - self._runtime.calls * self._seconds * 1000)


class TestTime:
    def test_messages_whose_turn_does_not_come_cost_no_delivery(
        self,
        stores: Stores,
        runtime: Runtime,
        hidden: list[int],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("MICRO_BATCH_RECORDS", "1")
        current_settings.cache_clear()
        bodies = [own(stores, f"incoming/{name}", "text") for name in "abcd"]

        answer = deliver(stores, *bodies, context=Elapsing(runtime, 450))

        assert answer == {"batchItemFailures": []}
        assert runtime.calls == 2
        again = [decode(message["Body"].encode()) for message in stores.messages()]
        done = {row["source_key"] for row in stores.rows("files")}
        assert {one["key"] for one in again} == {one["key"] for one in bodies} - done
        assert len(again) == 2
        assert hidden == []

    def test_a_unit_that_made_progress_is_continued_behind_it(
        self, stores: Stores, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MICRO_BATCH_RECORDS", "1")
        current_settings.cache_clear()
        slow = Elapsing(runtime, 450)

        answer = deliver(stores, own(stores, "incoming/a", "1", "2", "3"), context=slow)

        assert answer == {"batchItemFailures": []}
        (message,) = stores.messages()
        assert message["Attributes"]["ApproximateReceiveCount"] == "1"
        assert decode(message["Body"].encode())["continued"] is True
        answer = deliver(stores, message["Body"])
        assert answer == {"batchItemFailures": []}
        assert runtime.asked == ["1", "2", "3"]
        assert len(stores.rows("impressions")) == 3

    def test_a_unit_without_progress_pays_with_a_delivery(
        self, stores: Stores, runtime: Runtime, hidden: list[int]
    ) -> None:
        answer = deliver(stores, own(stores, "incoming/a", "1"), context=Context(80_000))

        assert len(answer["batchItemFailures"]) == 1
        assert runtime.calls == 0
        assert hidden == [30]


class Killed(BaseException):
    """The end of the process, which no handler of exceptions sees."""


class TestProcessThatDied:
    @staticmethod
    def kill(stores: Stores, runtime: Runtime, *bodies: Any) -> None:
        """Deliver messages; the process ends in the first call of the model."""

        def die() -> None:
            raise Killed

        runtime.then = die
        with pytest.raises(Killed):
            deliver(stores, *bodies)
        runtime.then = lambda: None
        for item in stores.dynamodb.scan(TableName=IDEMPOTENCY)["Items"]:
            item["in_progress_expiration"] = {"N": "1"}
            stores.dynamodb.put_item(TableName=IDEMPOTENCY, Item=item)

    def test_message_comes_last_when_the_others_are_done_and_deleted(
        self, stores: Stores, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deadly, *others = [own(stores, f"incoming/{name}", name) for name in "dab"]
        self.kill(stores, runtime, deadly)
        left: list[int] = []
        deleted: list[int] = []
        real = stores.sqs.delete_message_batch

        def delete(**asked: Any) -> Any:
            deleted.append(len(asked["Entries"]))
            return real(**asked)

        monkeypatch.setattr(stores.sqs, "delete_message_batch", delete)
        runtime.then = lambda: left.append(sum(deleted))

        answer = deliver(stores, deadly, *others, attempt=2)

        assert answer == {"batchItemFailures": []}
        assert sorted(runtime.asked[:2]) == ["a", "b"]
        assert runtime.asked[2:] == ["d"]
        assert left == [0, 2]
        assert deleted == [2, 1]

    def test_message_that_ends_the_process_again_takes_no_other_with_it(
        self, stores: Stores, runtime: Runtime
    ) -> None:
        deadly, *others = [own(stores, f"incoming/{name}", name) for name in "dab"]
        self.kill(stores, runtime, deadly)

        def die_of_d() -> None:
            if runtime.calls == 3:
                raise Killed

        runtime.then = die_of_d
        with pytest.raises(Killed):
            deliver(stores, deadly, *others, attempt=2)

        counts = stores.sqs.get_queue_attributes(
            QueueUrl=stores.settings.work_queue_url,
            AttributeNames=["ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        # The first delivery's copy, and the deadly message of this one.
        assert counts["ApproximateNumberOfMessagesNotVisible"] == "2"
        assert sorted(row["findings"] for row in stores.rows("impressions")) == ["a", "b"]

    def test_deferred_message_that_fails_goes_back(
        self, stores: Stores, runtime: Runtime, hidden: list[int]
    ) -> None:
        deadly, other = (own(stores, f"incoming/{name}", name) for name in "da")
        self.kill(stores, runtime, deadly)

        def throttle() -> None:
            if runtime.calls > 2:
                runtime.trouble = ClientError(
                    {"Error": {"Code": "ValidationError", "Message": "Endpoint live not found."}},
                    "InvokeEndpoint",
                )

        runtime.then = throttle
        answer = deliver(stores, deadly, other, attempt=2)

        assert len(answer["batchItemFailures"]) == 1
        assert hidden == [600]

    def test_messages_that_cannot_be_deleted_are_left_to_lambda(
        self,
        stores: Stores,
        runtime: Runtime,
        monkeypatch: pytest.MonkeyPatch,
        logged: Logged,
    ) -> None:
        deadly, other = (own(stores, f"incoming/{name}", name) for name in "da")
        self.kill(stores, runtime, deadly)

        def lost(**_: Any) -> None:
            raise ConnectionClosedError(endpoint_url="https://queue")

        monkeypatch.setattr(stores.sqs, "delete_message_batch", lost)

        assert deliver(stores, deadly, other, attempt=2) == {"batchItemFailures": []}
        assert "could not delete finished messages" in [line["message"] for line in logged()]

    def test_message_that_is_alone_is_processed_at_once(
        self, stores: Stores, runtime: Runtime
    ) -> None:
        deadly = own(stores, "incoming/d", "d")
        self.kill(stores, runtime, deadly)

        assert deliver(stores, deadly, attempt=2) == {"batchItemFailures": []}
        assert runtime.asked == ["d"]

    def test_file_is_split_into_single_records_to_find_the_deadly_one(
        self, stores: Stores, runtime: Runtime
    ) -> None:
        deadly = own(stores, "incoming/d", "one", "two")
        for _ in range(2):
            self.kill(stores, runtime, deadly)

        assert deliver(stores, deadly, attempt=2) == {"batchItemFailures": []}
        ranges = [decode(message["Body"].encode()) for message in stores.messages()]
        assert [(one["start"], one["stop"]) for one in ranges] == [(0, 1), (1, 2)]

        healthy, killer = (json.dumps(one) for one in ranges)
        deliver(stores, healthy)
        for _ in range(3):
            self.kill(stores, runtime, killer)
        deliver(stores, killer)

        (row,) = stores.rows("files")
        assert (row["status"], row["records_ok"], row["records_failed"]) == ("partial", 1, 1)
        (failure,) = stores.rows("failures")
        assert failure["record_index"] == 1
        assert "ended the function's process" in failure["error_message"]

    def test_file_of_one_record_fails_by_name_in_the_end(
        self, stores: Stores, runtime: Runtime
    ) -> None:
        deadly, other = (own(stores, f"incoming/{name}", name) for name in "da")
        for _ in range(3):
            self.kill(stores, runtime, deadly)

        assert deliver(stores, other, deadly) == {"batchItemFailures": []}
        assert runtime.asked == ["a"]

        (failure,) = stores.rows("failures")
        assert failure["error_type"] == "ProcessDied"
        assert failure["record_index"] is None
