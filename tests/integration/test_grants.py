"""IAM for real: the local AWS enforces the deployed roles, and a grant that is gone is missed."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from local.client import invoke
from tests.account.settings import BATCH_SIZE
from tests.grants.engine import Statement
from tests.grants.roles import FUNCTIONS, Names, grants, role, without

if TYPE_CHECKING:
    from local.stack.lifecycle import Stack

# MiniStack's CloudFormation and functions need this one too (local/stack/ministack_workarounds.py).
BATCH = "sqs:SendMessageBatch"
REPORT = b'{"findings": "The lungs are clear.", "impression": "Normal."}'


@pytest.fixture(scope="module")
def names(stack: Stack) -> Names:
    """What the template's references are in the deployed stack."""
    name, region = stack.settings.stack_name, stack.settings.region
    described = stack.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    parameters = {p["ParameterKey"]: p["ParameterValue"] for p in described["Parameters"]}
    made = stack.client("cloudformation").describe_stack_resources(StackName=name)
    ids = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in made["StackResources"]}
    arn = f":{region}:{stack.settings.account_id}:"
    groups = {
        group: f"arn:aws:logs{arn}log-group:{ids[group]}:*" for group in ids if "LogGroup" in group
    }
    queues = ("WorkQueue", "DeadLetterQueue", "FailedInvocationsQueue")
    return Names(
        refs=parameters
        | {
            "AWS::Partition": "aws",
            "AWS::Region": region,
            "AWS::AccountId": stack.settings.account_id,
            "AWS::StackName": name,
        },
        arns={
            **{one: f"arn:aws:s3:::{ids[one]}" for one in ("LandingBucket", "ResultsBucket")},
            **{one: f"arn:aws:sqs{arn}{ids[one].rpartition('/')[2]}" for one in queues},
            **{
                one: f"arn:aws:dynamodb{arn}table/{ids[one]}"
                for one in ("IdempotencyTable", "ProgressTable")
            },
            "DataKey": f"arn:aws:kms{arn}key/{ids['DataKey']}",
            **groups,
        },
        conditions=frozenset({"HasPreTrained"}),
    )


def physical(stack: Stack, function: str) -> str:
    outputs = stack.outputs
    return {
        "summarize": outputs.function_name,
        "nightly": outputs.nightly_function,
        "operate": outputs.operate_function,
    }[function]


def deployed(stack: Stack, function: str) -> tuple[str, str, list[Statement]]:
    """The name of a function's role, of its only policy, and its statements."""
    found = stack.client("lambda").get_function_configuration(
        FunctionName=physical(stack, function)
    )
    name = found["Role"].rpartition("/")[2]
    iam = stack.client("iam")
    assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == []
    (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
    document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    return name, policy, document["Statement"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_deployed_role_is_the_one_that_is_proven(
    stack: Stack, names: Names, function: str
) -> None:
    _, _, statements = deployed(stack, function)

    as_written = {
        (one["Sid"], action, resource)
        for one in statements
        for _, _, _, action, resource in grants(function, [one])
        if action != BATCH
    }
    proven = {
        (one.sid, one.action, one.resource) for one in grants(function, role(function, names))
    }
    assert as_written == proven


@contextlib.contextmanager
def taken_away(stack: Stack, function: str, action: str, resource: str) -> Iterator[None]:
    """A function whose role lacks one grant."""
    name, policy, statements = deployed(stack, function)
    lacking = statements
    for gone in {action, BATCH} if action == "sqs:SendMessage" else {action}:
        for grant in list(grants(function, lacking)):
            if grant.action == gone and grant.resource.endswith(resource):
                lacking = without(lacking, grant)
                break
    assert lacking != statements, f"{function} has no {action} on {resource}"
    put = stack.client("iam").put_role_policy
    document = {"Version": "2012-10-17", "Statement": lacking}
    try:
        put(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
        yield
    finally:
        document["Statement"] = statements
        put(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))


def ask(stack: Stack, function: str, event: dict[str, Any]) -> dict[str, Any]:
    """Invoke a function and wait; how it fails counts as its answer."""
    found = stack.client("lambda").invoke(
        FunctionName=physical(stack, function), Payload=json.dumps(event).encode()
    )
    answer: dict[str, Any] = json.loads(found["Payload"].read())
    return {"failed": answer} if "FunctionError" in found else answer


OPERATE = [
    ("s3:GetObject", "/incoming/*", {"action": "file", "key": "incoming/grants/a.json"}),
    ("s3:GetObject", "/nightly/*", {"action": "rerun", "key": "nightly/grants/a.json"}),
    ("s3:GetObject", "/results/*", {"action": "file", "key": "incoming/grants/a.json"}),
    ("s3:ListBucket", "-landing", {"action": "counts", "prefix": "incoming/grants/"}),
    ("sqs:GetQueueAttributes", "", {"action": "counts", "prefix": "incoming/grants/"}),
    ("sqs:SendMessage", "", {"action": "rerun", "key": "incoming/grants/a.json", "token": "again"}),
    ("sqs:ReceiveMessage", "", {"action": "redrive"}),
    ("dynamodb:GetItem", "", {"action": "counts", "prefix": "incoming/grants/"}),
]


@pytest.mark.parametrize(("action", "resource", "request_"), OPERATE)
def test_operators_miss_a_grant(
    stack: Stack, names: Names, action: str, resource: str, request_: dict[str, Any]
) -> None:
    if resource == "-landing":
        resource = names.arns["LandingBucket"]
    for lane in ("incoming", "nightly"):
        key = f"{lane}/grants/a.json"
        stack.client("s3").put_object(Bucket=stack.outputs.landing_bucket, Key=key, Body=REPORT)

    with taken_away(stack, "operate", action, resource):
        without_it = ask(stack, "operate", request_)
    with_it = ask(stack, "operate", request_)

    assert re.search(r"AccessDenied|403", str(without_it["failed"]))
    assert "failed" not in with_it
    assert "error" not in with_it


SUMMARIZE = [
    ("s3:GetObjectVersion", "/nightly/*", 1),
    ("s3:PutObject", "/results/*", 1),
    ("s3:PutObject", "/lake/*", 1),
    ("dynamodb:PutItem", "IdempotencyTable", 1),
    ("dynamodb:PutItem", "ProgressTable", 60),
    ("sqs:SendMessage", "WorkQueue", 60),
]


@pytest.mark.parametrize(("action", "resource", "records"), SUMMARIZE)
def test_the_lanes_miss_a_grant(
    stack: Stack, names: Names, action: str, resource: str, records: int
) -> None:
    # No event tells of the nightly lane: only this test works on the file.
    key = f"nightly/grants/{action.replace(':', '-')}-{resource.strip('/*')}.jsonl"
    landed = stack.client("s3").put_object(
        Bucket=stack.outputs.landing_bucket, Key=key, Body=b"\n".join([REPORT] * records)
    )
    body = {"bucket": stack.outputs.landing_bucket, "key": key, "etag": landed["ETag"].strip('"')}
    event = sqs_event(body | {"version_id": landed["VersionId"]})

    with taken_away(stack, "summarize", action, names.arns.get(resource, resource)):
        refused = ask(stack, "summarize", event)
    done = ask(stack, "summarize", event)

    assert refused == {"batchItemFailures": [{"itemIdentifier": "grants"}]}
    assert done == {"batchItemFailures": []}


@pytest.mark.parametrize(
    ("action", "resource"),
    [("s3:ListBucket", "LandingBucket"), ("dynamodb:GetItem", "ProgressTable")],
)
def test_the_night_misses_a_grant(stack: Stack, names: Names, action: str, resource: str) -> None:
    with taken_away(stack, "nightly", action, names.arns[resource]):
        refused = ask(stack, "nightly", {})

    assert "AccessDenied" in str(refused["failed"])
    assert invoke.run_night(stack)["status"] == "done"


def sqs_event(body: dict[str, Any]) -> dict[str, Any]:
    """What the poller hands to the function: one message."""
    assert BATCH_SIZE > 1
    record = {
        "messageId": "grants",
        "receiptHandle": "none",
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1795676400000"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:work",
        "awsRegion": "us-east-1",
    }
    return {"Records": [record]}
