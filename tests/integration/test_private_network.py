"""The stack in a VPC: a second one beside the local stack, with its roles and endpoints.

MiniStack's CloudFormation ignores a function's VpcConfig: tests/unit/template looks at that.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from local.stack.lifecycle import Stack

NAME = "impressions-private"
WAIT_S = 60.0


@pytest.fixture(scope="module")
def network(stack: Stack) -> dict[str, str]:
    """A VPC with two subnets, as the parameters name it."""
    ec2 = stack.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{n}.0/24")["Subnet"]["SubnetId"]
        for n in (1, 2)
    ]
    group = ec2.create_security_group(GroupName="f", Description="functions", VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    return {
        "VpcId": vpc,
        "SubnetIds": ",".join(subnets),
        "SecurityGroupIds": group["GroupId"],
        "VpcEndpoints": "true",
        "RouteTableIds": table,
    }


@pytest.fixture(scope="module")
def private(stack: Stack, network: dict[str, str]) -> Iterator[dict[str, str]]:
    """The physical ids of a stack in the VPC, by logical id."""
    formation = stack.client("cloudformation")
    first = formation.describe_stacks(StackName=stack.settings.stack_name)["Stacks"][0]
    values = {p["ParameterKey"]: p["ParameterValue"] for p in first["Parameters"]}
    values |= network | {"DatabaseName": "private_network"}
    artifacts = stack.settings.artifacts_bucket
    keys = [one["Key"] for one in stack.client("s3").list_objects_v2(Bucket=artifacts)["Contents"]]
    (template,) = [key for key in keys if key.startswith("template-")]
    formation.create_stack(
        StackName=NAME,
        TemplateURL=f"{stack.aws_url}/{artifacts}/{template}",
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    assert settled(formation) == "CREATE_COMPLETE"
    made = formation.describe_stack_resources(StackName=NAME)["StackResources"]
    yield {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in made}
    formation.delete_stack(StackName=NAME)


def settled(formation: Any) -> str:
    deadline = time.monotonic() + WAIT_S
    while True:
        status: str = formation.describe_stacks(StackName=NAME)["Stacks"][0]["StackStatus"]
        if not status.endswith("IN_PROGRESS") or time.monotonic() > deadline:
            return status
        time.sleep(0.2)


def test_the_roles_let_lambda_connect_them_and_nobody_else(
    stack: Stack, private: dict[str, str]
) -> None:
    iam = stack.client("iam")
    for name in ("SummarizeRole", "NightlyRole", "OperateRole"):
        (policy,) = iam.list_role_policies(RoleName=private[name])["PolicyNames"]
        found = iam.get_role_policy(RoleName=private[name], PolicyName=policy)["PolicyDocument"]

        by_sid = {one["Sid"]: one["Effect"] for one in found["Statement"]}
        assert (by_sid["ConnectToVpc"], by_sid["OnlyLambdaItselfConnects"]) == ("Allow", "Deny")


def test_the_endpoints_are_there(
    stack: Stack, private: dict[str, str], network: dict[str, str]
) -> None:
    filters: Any = [{"Name": "vpc-id", "Values": [network["VpcId"]]}]
    found = stack.client("ec2").describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]

    made = {one["ServiceName"].removeprefix("com.amazonaws.us-east-1.") for one in found}
    assert made == {"s3", "dynamodb", "sqs", "sagemaker.api", "sagemaker.runtime", "lambda"}
    assert {one["VpcEndpointId"] for one in found} <= set(private.values())
