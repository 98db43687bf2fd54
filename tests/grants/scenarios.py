"""What the functions do in production, each as a story that fails if a call is denied.

Every function is called by its entry point, and everything that it works with is real in the test
account, SageMaker's control plane included.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import boto3
import pytest

from chalicelib import aws
from chalicelib.handlers import contexts
from chalicelib.handlers import nightly as handler
from tests.account import account as account_module
from tests.account.account import Account, account_in_moto
from tests.account.landed import Context, Landed
from tests.account.model import Runtime
from tests.account.settings import FINE_TUNED, LANDING, REGION, RESULTS, SETTINGS
from tests.grants.engine import Statement
from tests.grants.guard import Guard
from tests.grants.roles import ACCOUNT, DATA_KEY, STACK
from tests.nights import MODEL, Nights, Transforms, reports

LANES = ("incoming", "evaluation", "nightly")
CHUNKED = 120
_OWN_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-nightly"
SOON = 1000  # ms that are left, too few to go on


@dataclass
class Deployment:
    """The functions under their roles, in a test account."""

    account: Account
    guard: Guard
    sagemaker: Any

    def call(self, function: str, event: Mapping[str, Any], milliseconds: int = 900_000) -> Any:
        """Call a function under its role."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Context, "get_remaining_time_in_millis", lambda _: milliseconds)
            patch.setattr(
                account_module, "Context", partial(Context, invoked_function_arn=_OWN_ARN)
            )
            return self.account.call(function, dict(event))

    def ask(self, action: str, **members: str) -> Any:
        """Ask the operators' function."""
        return self.call("operate", {"action": action, **members})

    def run_night(self) -> Any:
        """Run the nightly function; every object counts as old enough for the sweep."""
        made = contexts.nightly_context
        in_a_minute = time.time() + 60
        self.account.configure({"SWEEP_AFTER_S": "1"})
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                handler, "nightly_context", lambda c: replace(made(c), clock=lambda: in_a_minute)
            )
            return self.call("nightly", {})

    def end_job(self, name: str) -> None:
        """Write a job's output as its container does, without the event of its end."""
        found = self.sagemaker.describe_transform_job(TransformJobName=name)
        self._transforms(name, found).complete(name)

    def tell(self, name: str) -> None:
        """Deliver the event of a job's end, and do all that follows."""
        found = self.sagemaker.describe_transform_job(TransformJobName=name)
        Nights(self.account, self._transforms(name, found)).tell(name)

    def _transforms(self, name: str, found: Mapping[str, Any]) -> Transforms:
        return Transforms(self.account, {name: dict(found)})


@contextlib.contextmanager
def deployment(runtime: Runtime, roles: Mapping[str, list[Statement]]) -> Iterator[Deployment]:
    """A new account with the functions in it, each under its role."""
    with pytest.MonkeyPatch.context() as patch, account_in_moto(runtime, patch) as account:
        account.configure({"STACK_NAME": STACK, "DATA_KEY_ARN": DATA_KEY})
        aws.forget_clients()
        guard = Guard(roles)
        guard.watch(aws.session().events)
        called = account.call

        def call(name: str, event: dict[str, Any]) -> Any:
            guard.acting = name
            return called(name, event)

        patch.setattr(account, "call", call)
        yield Deployment(account, guard, _endpoint_with_a_model())
        aws.forget_clients()


def _endpoint_with_a_model() -> Any:
    """SageMaker's control plane, in which `training deploy` has made the live endpoint."""
    client = boto3.Session("testing", "testing", region_name=REGION).client("sagemaker")
    client.create_model(
        ModelName=MODEL,
        ExecutionRoleArn="arn:aws:iam::123456789012:role/models",
        PrimaryContainer={"Image": "image"},
    )
    config = f"{FINE_TUNED}-0123456789ab"
    client.create_endpoint_config(
        EndpointConfigName=config,
        ProductionVariants=[
            {
                "VariantName": "AllTraffic",
                "ModelName": MODEL,
                "InstanceType": "ml.g4dn.xlarge",
                "InitialInstanceCount": 1,
                "InitialVariantWeight": 1.0,
            }
        ],
    )
    client.create_endpoint(EndpointName=FINE_TUNED, EndpointConfigName=config)
    return client


def _states(at: Deployment, keys: Sequence[str]) -> set[str]:
    return {at.ask("file", key=key)["state"] for key in keys}


def small_files(at: Deployment) -> None:
    """A file in each immediate lane, twice; then each lane once more as an operator's re-run."""
    at.account.add_pre_trained()
    at.account.finish("incoming/ward/a.json", reports(2))
    landed = at.account.drop("evaluation/set/a.json", reports(2))
    at.account.drain()
    at.account.deliver(landed.notification())
    at.account.put("nightly/ward/a.json", reports(2))

    sent = [at.ask("rerun", prefix=f"{lane}/")["rerun"] for lane in LANES]
    at.account.drain()

    keys = [f"{lane}/{'set' if lane == 'evaluation' else 'ward'}/a.json" for lane in LANES]
    assert sent == [1, 1, 1]
    assert _states(at, keys) == {"complete"}
    assert at.account.given_back == []


def large_file(at: Deployment) -> None:
    """A file in chunks, and the state that an operator sees meanwhile."""
    at.account.drop("incoming/ward/large.json", reports(CHUNKED))
    at.account.drain()

    assert at.ask("file", key="incoming/ward/large.json")["state"] == "complete"
    assert len(at.account.result("incoming/ward/large.json")["parts"]) == 3
    assert at.account.given_back == []


def gone_before_it_is_read(at: Deployment) -> None:
    """A file that is deleted before its message is read ends as ObjectGone, not as denied."""
    for lane in LANES:
        landed = at.account.put(f"{lane}/ward/gone.json", reports(1))
        at.account.s3.delete_object(Bucket=LANDING, Key=landed.key, VersionId=landed.version_id)
        at.account.deliver(landed.notification())
    at.account.drain()

    assert {row["error_type"] for row in at.account.rows("failures")} == {"ObjectGone"}


def uploaded_again(at: Deployment) -> None:
    """A result that was deleted is made again when its message arrives again."""
    landed = at.account.drop("incoming/ward/a.json", reports(1))
    at.account.drain()
    at.account.s3.delete_object(Bucket=RESULTS, Key="results/incoming/ward/a.json.json")
    at.account.deliver(landed.notification())
    at.account.drain()

    assert at.account.result("incoming/ward/a.json")["status"] == "complete"


def replaced(at: Deployment) -> None:
    """Two versions of one key: the newer one's result is written over the older one's."""
    for count in (1, 2):
        at.account.drop("incoming/ward/a.json", reports(count))
        at.account.drain()

    assert at.account.result("incoming/ward/a.json")["counts"]["records"] == 2


def a_model_is_away(at: Deployment) -> None:
    """The other model's drafts are kept until it is back, and nothing is paid for again."""
    model = at.account.add_pre_trained()
    away = True

    def decide(name: str, _: str) -> tuple[int, str] | None:
        return (400, "ValidationError") if away and name == FINE_TUNED else None

    at.account.trouble_endpoint(decide)
    at.account.drop("evaluation/set/a.json", reports(2))
    at.account.drain()
    assert len(at.account.given_back) == 1
    away = False
    at.account.redeliver()
    at.account.drain()

    assert at.account.result("evaluation/set/a.json")["status"] == "complete"
    assert len(model.prompts) == 2
    assert "could not extend the visibility timeout" not in at.account.logs


def another_invocation_works_on_it(at: Deployment) -> None:
    """A file that another invocation has claimed goes back to the queue."""
    landed = at.account.drop("incoming/ward/a.json", reports(1))
    at.account.drain()
    table = SETTINGS["IDEMPOTENCY_TABLE"]
    (claim,) = at.account.dynamodb.scan(TableName=table)["Items"]
    claim |= {"status": {"S": "INPROGRESS"}, "owner": {"S": "another"}}
    claim["in_progress_expiration"] = {"N": str(int(time.time() + 900) * 1000)}
    at.account.dynamodb.put_item(TableName=table, Item=claim)
    at.account.deliver(landed.notification())
    at.account.drain()

    assert len(at.account.given_back) == 1


def night(at: Deployment) -> None:
    """A whole night: swept, gathered, transformed, told of, and joined."""
    at.account.put("incoming/ward/lost.json", reports(1))
    at.account.put("evaluation/set/lost.json", reports(1, 1))
    at.account.put("nightly/ward/a.json", reports(2, 2))
    at.account.put("nightly/ward/large.json", reports(CHUNKED, 10))
    told = at.run_night()
    assert (told["requeued"], told["objects"]) == (2, 2)
    assert at.ask("file", key="nightly/ward/a.json")["state"] == "in batch"
    assert len(at.ask("counts")["nights"]) == 1

    at.end_job(told["job"])
    at.tell(told["job"])
    assert at.run_night()["objects"] == 0

    keys = ["incoming/ward/lost.json", "evaluation/set/lost.json", "nightly/ward/large.json"]
    assert _states(at, [*keys, "nightly/ward/a.json"]) == {"complete"}
    assert at.account.given_back == []
    assert at.ask("counts")["nights"] == []


def the_event_is_lost(at: Deployment) -> None:
    """The next run finds that the job has ended; until then its files count as claimed."""
    at.account.put("nightly/ward/a.json", reports(2))
    job = at.run_night()["job"]
    at.end_job(job)

    assert at.run_night()["job"] is None
    at.account.drain()
    assert at.ask("file", key="nightly/ward/a.json")["state"] == "complete"


def two_invocations(at: Deployment) -> None:
    """A run that is out of time hands on to another invocation of itself."""
    at.account.put("nightly/ward/a.json", reports(2))
    event: Mapping[str, Any] = {}
    answer = at.call("nightly", event, milliseconds=SOON)
    assert answer["status"] == "continues"
    while answer["status"] == "continues":
        answer = at.call("nightly", json.loads(at.guard.invocations.pop()))

    assert answer["records"] == 2


def live_mode(at: Deployment) -> None:
    """Without batches, the run sends the lane to the live endpoint."""
    at.account.configure({"NIGHTLY_MODE": "live"})
    at.account.put("nightly/ward/a.json", reports(2))
    assert at.run_night()["requeued"] == 1
    at.account.drain()

    assert at.account.result("nightly/ward/a.json")["status"] == "complete"


def operators(at: Deployment) -> None:
    """States of files that do not exist or wait, counts, and dead letters that go back."""
    for lane in LANES:
        assert "error" in at.ask("file", key=f"{lane}/ward/none.json")
        at.account.put(f"{lane}/ward/a.json", reports(1))
        assert at.ask("file", key=f"{lane}/ward/a.json")["state"] == "waiting"
        assert at.ask("rerun", key=f"{lane}/ward/a.json")["rerun"] == 1
    at.account.drain()
    at.account.sqs.send_message(
        QueueUrl=at.account.dead_letter_url,
        MessageBody=Landed("incoming/ward/a.json", "etag", "").own(),
    )

    assert at.ask("counts")["files"] == {"complete": 3}
    assert at.ask("redrive") == {"redriven": 1, "left": 0}


SCENARIOS: tuple[Callable[[Deployment], None], ...] = (
    small_files,
    large_file,
    gone_before_it_is_read,
    uploaded_again,
    replaced,
    another_invocation_works_on_it,
    a_model_is_away,
    night,
    the_event_is_lost,
    two_invocations,
    live_mode,
    operators,
)
