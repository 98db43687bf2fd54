"""The stacks are created in moto by the services' own calls, in any order that is declared.

CloudFormation creates many resources at once; every order of one after another that the
dependencies allow must work, and deletion in reverse too.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from moto import mock_aws

from local.cloudformation import scenarios
from local.cloudformation.calls import Call, calls
from local.cloudformation.deletion import is_kept
from local.cloudformation.evaluate import Resource, Stack
from local.cloudformation.identities import Place
from local.errors import PackageError
from local.packaging.translate import ARTIFACTS_BUCKET
from tests.unit.local.cloudformation.conftest import small

REGION = "us-east-1"
# What moto does not have; everything else of the stacks is created in it.
NOT_IN_MOTO = {
    "athena.DeleteWorkGroup",  # asked only on deletion
    "athena.UpdateWorkGroup",
    "cloudformation.CreateStack",  # its resources are created here one by one
    "glue.CreateTableOptimizer",
    "lambda.PutFunctionRecursionConfig",
    "quicksight.CreateRefreshSchedule",
    "quicksight.CreateTheme",
}
# How each type is deleted: the call, and its parameter that takes the name.
DELETES = {
    "AWS::Athena::WorkGroup": ("athena", "delete_work_group", "WorkGroup"),
    "AWS::DynamoDB::Table": ("dynamodb", "delete_table", "TableName"),
    "AWS::Glue::Database": ("glue", "delete_database", "Name"),
    "AWS::Lambda::Function": ("lambda", "delete_function", "FunctionName"),
    "AWS::Scheduler::Schedule": ("scheduler", "delete_schedule", "Name"),
}


class Moto:
    """Makes calls in moto, and knows the ids that it gave instead of the planned ones."""

    def __init__(self) -> None:
        self._clients: dict[str, Any] = {}
        self.ids: dict[str, str] = {}
        self.missing: set[str] = set()

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = boto3.client(service, region_name=REGION)
        return self._clients[service]

    def make(self, one: Resource, call: Call) -> None:
        if (name := f"{call.service}.{call.operation}") in NOT_IN_MOTO:
            self.missing.add(name)
            return
        text = json.dumps(call.parameters)
        for planned, real in self.ids.items():
            text = text.replace(planned, real)
        if "OpenTableFormatInput" in call.parameters:
            # moto takes no table without TableInput.
            text = json.dumps(call.parameters | {"TableInput": {"Name": call.parameters["Name"]}})
        method = getattr(self.client(call.service), xform_name(call.operation))
        answer = method(**json.loads(text))
        if call.operation == "CreateKey":
            self.ids[one.identity.name] = answer["KeyMetadata"]["KeyId"]


@pytest.fixture
def moto() -> Iterator[Moto]:
    with mock_aws():
        found = Moto()
        s3 = found.client("s3")
        s3.create_bucket(Bucket=ARTIFACTS_BUCKET)
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", "")
        s3.put_object(Bucket=ARTIFACTS_BUCKET, Key="deployment.zip", Body=code.getvalue())
        yield found


def deployed(moto: Moto, root: Any, analytics: Any) -> scenarios.Scenario:
    """Everything, in a network that moto has."""
    ec2 = moto.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    subnets = ec2.describe_subnets()["Subnets"][:2]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    table = ec2.describe_route_tables()["RouteTables"][0]["RouteTableId"]
    given: dict[str, str] = {}
    for name, values in scenarios.TOGGLES.items():
        given |= values if name not in {"plain HTTP", "alarms to a topic"} else {}
    given |= {
        "VpcId": vpc,
        "SubnetIds": ",".join(one["SubnetId"] for one in subnets),
        "SecurityGroupIds": group,
        "RouteTableIds": table,
    }
    place = Place("demo", REGION)
    return scenarios.deployed("everything", root, analytics, given, place)


def any_order(stack: Stack, draw: random.Random) -> list[Resource]:
    """The resources in one of the orders that their dependencies allow."""
    left = dict(stack.resources)
    done: list[Resource] = []
    while left:
        ready = sorted(name for name, one in left.items() if not one.needs & set(left))
        assert ready, "a cycle"
        done.append(left.pop(draw.choice(ready)))
    return done


def create(moto: Moto, stack: Stack, order: list[Resource]) -> None:
    for one in order:
        for call in calls(one, stack):
            moto.make(one, call)


@pytest.mark.once
@pytest.mark.parametrize("seed", range(3))
def test_every_allowed_order_creates_and_deletes_the_stacks(
    seed: int, moto: Moto, root: Any, analytics: Any
) -> None:
    draw = random.Random(seed)
    scenario = deployed(moto, root, analytics)
    created = [(stack, any_order(stack, draw)) for _, stack in scenario.stacks]
    for stack, order in created:
        create(moto, stack, order)

    assert moto.missing == NOT_IN_MOTO
    buckets = {one["Name"] for one in moto.client("s3").list_buckets()["Buckets"]}
    assert {one for one in buckets if one.startswith("demo-landing-")}
    assert len(moto.client("glue").get_tables(DatabaseName="d" * 121)["TableList"]) == sum(
        one.kind == "AWS::Glue::Table" for one in scenario.analytics.resources.values()
    )

    for _, order in reversed(created):
        for one in reversed(order):
            if one.kind in DELETES and not is_kept(one):
                service, operation, name = DELETES[one.kind]
                getattr(moto.client(service), operation)(**{name: one.identity.name})
    assert moto.client("dynamodb").list_tables()["TableNames"] == []
    assert moto.client("glue").get_databases()["DatabaseList"] == []


def test_an_order_that_is_not_declared_fails(moto: Moto, root: Any, analytics: Any) -> None:
    stack = deployed(moto, root, analytics).analytics
    table = stack.resources["TableFiles"]
    assert table.needs == {"Database"}
    table.needs.clear()
    orders = [any_order(stack, random.Random(seed)) for seed in range(20)]
    names = [[one.logical_id for one in order] for order in orders]
    wrong = next(
        order
        for order, ids in zip(orders, names, strict=True)
        if ids.index("TableFiles") < ids.index("Database")
    )

    glue = [one for one in wrong if one.kind.startswith("AWS::Glue::")]

    with pytest.raises(ClientError, match="EntityNotFoundException"):
        create(moto, stack, glue)


def test_a_property_that_no_call_takes_is_an_error() -> None:
    stack = small({"Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"Colour": "red"}}})

    with pytest.raises(PackageError, match=r"^Group \(AWS::Logs::LogGroup\): add Colour to "):
        calls(stack.resources["Group"], stack)


def test_a_type_that_is_not_known_is_an_error() -> None:
    with pytest.raises(PackageError, match=r"^Bus: add AWS::Events::EventBus to "):
        small({"Bus": {"Type": "AWS::Events::EventBus"}})
