"""The injector itself.

Injected: Each kind of fault, into one call, and results that are broken on purpose.
Asserted: A fault comes before or after the call is carried out, as its name says; who is killed
makes no further call; the SDK repeats what passes; every deviation is noticed, every call is seen,
and there are as many injections as promised.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.handlers import deliveries
from chalicelib.output import results
from chalicelib.processing import pipeline
from chalicelib.processing.claims import ClaimClient
from tests.account.model import Runtime
from tests.account.settings import FINE_TUNED, RESULTS, SETTINGS
from tests.injection import deployment as deployments
from tests.injection.campaign import Undisturbed, deviations_of, inject, isolated
from tests.injection.deployment import Deployment
from tests.injection.kinds import ALL_TRIES, FAILURES, KILLS, KINDS, Fault, Kind
from tests.injection.scenarios import SCENARIOS, Scenario
from tests.injection.selection import sample
from tests.injection.wire import Call, KilledError

pytestmark = pytest.mark.once

# What the issue asks for; the scenarios have more.
FLOOR = 1500
KIND = {kind.name: kind for kind in KINDS}


@pytest.fixture
def deployment(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    with isolated(runtime, monkeypatch) as made, made.wire.tapped():
        yield made


def put(deployment: Deployment, kind: Kind) -> Fault:
    """Write an object while the call is disturbed; its label is known."""
    target = Call("s3.PutObject results-test a #0", "s3", "PutObject")
    deployment.wire.disturb = fault = Fault(kind, target)
    aws.s3().put_object(Bucket=RESULTS, Key="a", Body=b"body")
    return fault


NOT_WRITTEN = ("denied", *(f"{one} through all retries" for one in ("5xx", "throttled")))
CUT_OFF = ("connection lost through all retries", "killed before")
WRITES = {"answer lost once": 2, "answer lost through all retries": ALL_TRIES}


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.name)
def test_21_a_fault_is_before_or_after_the_deed(deployment: Deployment, kind: Kind) -> None:
    if kind.name.endswith(" once"):
        assert put(deployment, kind).is_done
    else:
        expected = ClientError if kind.name in NOT_WRITTEN else (BotoCoreError, KilledError)
        with pytest.raises(expected):
            put(deployment, kind)

    versions = deployment.account.s3.list_object_versions(Bucket=RESULTS).get("Versions", [])
    # Nothing is written twice that was answered, and nothing at all that was refused.
    never = kind.name in NOT_WRITTEN + CUT_OFF
    assert len(versions) == (0 if never else WRITES.get(kind.name, 1))


@pytest.mark.parametrize("kind", KILLS, ids=lambda one: one.name)
def test_21_who_is_killed_calls_nobody_any_more(deployment: Deployment, kind: Kind) -> None:
    with pytest.raises(KilledError):
        put(deployment, kind)
    with pytest.raises(KilledError):
        aws.s3().put_object(Bucket=RESULTS, Key="b", Body=b"body")
    assert "b" not in deployment.account.list_keys()

    deployment.wire.new_process()
    aws.s3().put_object(Bucket=RESULTS, Key="b", Body=b"body")
    assert "b" in deployment.account.list_keys()


@pytest.mark.parametrize(
    ("call", "ask"),
    [
        (
            Call("dynamodb.GetItem idempotency-test x #0", "dynamodb", "GetItem"),
            lambda _: aws.dynamodb().get_item(
                TableName=SETTINGS["IDEMPOTENCY_TABLE"], Key={"id": {"S": "x"}}
            ),
        ),
        (
            Call("s3.HeadObject results-test a #0", "s3", "HeadObject"),
            lambda _: aws.s3().head_object(Bucket=RESULTS, Key="a"),
        ),
        (
            Call("sqs.GetQueueAttributes work #0", "sqs", "GetQueueAttributes"),
            lambda made: aws.sqs().get_queue_attributes(QueueUrl=made.account.queue_url),
        ),
        (
            Call(f"sagemaker.DescribeEndpoint {FINE_TUNED} #0", "sagemaker", "DescribeEndpoint"),
            lambda _: aws.sagemaker().describe_endpoint(EndpointName=FINE_TUNED),
        ),
    ],
    ids=lambda one: one.service if isinstance(one, Call) else "",
)
@pytest.mark.parametrize("kind", FAILURES, ids=lambda one: one.name)
def test_21_the_sdk_repeats_what_passes_and_gives_up_what_lasts(
    deployment: Deployment, kind: Kind, call: Call, ask: Callable[[Deployment], object]
) -> None:
    deployment.account.s3.put_object(Bucket=RESULTS, Key="a", Body=b"body")
    deployment.wire.disturb = fault = Fault(kind, call)
    began = time.time()

    if kind.lasts or kind.name == "denied":
        with pytest.raises((ClientError, BotoCoreError)):
            ask(deployment)
    else:
        ask(deployment)

    assert fault.is_done
    assert [one.label for one in deployment.wire.calls] == [call.label]
    # Its back-off took virtual time.
    assert (time.time() > began) == (kind.name != "denied")


def test_21_a_deviation_is_noticed(
    runtime: Runtime, undisturbed: Callable[[Scenario], Undisturbed]
) -> None:
    run = undisturbed(SCENARIOS[0])
    same_key, other_lane = (undisturbed(SCENARIOS[number]).outcome for number in (1, 3))

    assert list(deviations_of(run, run.outcome)) == []
    found = list(deviations_of(run, same_key))
    assert any(line.startswith("not there otherwise: lake/failures") for line in found)
    assert "other bytes: results/incoming/ward/a.jsonl.json" in found
    found = list(deviations_of(run, other_lane))
    assert any(line.startswith("missing: lake/impressions") for line in found)


def unaware(self: ClaimClient, **request: Any) -> Any:
    """The claim of a function that does not know its own."""
    return self.dynamodb.put_item(**request)


@pytest.mark.parametrize(
    ("broken", "kind", "operation", "deviation"),
    [
        (
            (ClaimClient, "put_item", unaware),
            "answer lost once",
            "dynamodb.PutItem idempotency",
            "1 dead letters",
        ),
        (
            (pipeline, "PATIENT_DELIVERIES", 0),
            "denied",
            "s3.GetObject",
            "missing: lake/impressions",
        ),
        (
            (results, "write_result", lambda *_: True),
            "killed after",
            "s3.PutObject results-test lake/files",
            "missing: results/incoming",
        ),
        (
            (deliveries, "LONGEST_DELAY_S", 1),
            "answer lost through all retries",
            "dynamodb.PutItem idempotency",
            "1 dead letters",
        ),
        (
            (deployments, "MOST_INVOCATIONS", 1),
            "killed before",
            "s3.GetObject",
            "no end",
        ),
    ],
    ids=["own claim", "passing denial", "no result", "short delays", "endless"],
)
def test_21_what_is_broken_is_found(
    runtime: Runtime,
    undisturbed: Callable[[Scenario], Undisturbed],
    monkeypatch: pytest.MonkeyPatch,
    broken: tuple[object, str, object],
    kind: str,
    operation: str,
    deviation: str,
) -> None:
    run = undisturbed(SCENARIOS[0])
    (call,) = [one for one in run.calls if one.label.startswith(operation)]
    assert inject(runtime, run, KIND[kind], call) == []
    monkeypatch.setattr(*broken)

    found = inject(runtime, run, KIND[kind], call)

    assert any(deviation in line for line in found), found


def test_21_there_are_as_many_injections_as_promised(
    undisturbed: Callable[[Scenario], Undisturbed],
) -> None:
    runs = [undisturbed(scenario) for scenario in SCENARIOS]
    counts = {run.scenario.name: len(run.injections(KINDS)) for run in runs}

    print(counts, sum(counts.values()))
    assert sum(counts.values()) >= FLOOR
    for run in runs:
        labels = [call.label for call in run.calls]
        assert len(labels) == len(set(labels))
        # Each kind is in the sample of each scenario, and the same ones every time.
        assert {kind for kind, _ in sample(run, KINDS)} == set(KINDS)
        assert sample(run, KINDS) == sample(run, KINDS)


def test_21_every_service_is_called_and_every_call_is_seen(
    undisturbed: Callable[[Scenario], Undisturbed],
) -> None:
    seen = {call.service for scenario in SCENARIOS for call in undisturbed(scenario).calls}

    assert seen == {"s3", "sqs", "dynamodb", "sagemaker-runtime", "sagemaker"}
