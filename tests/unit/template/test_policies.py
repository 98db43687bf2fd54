"""What the functions may do."""

import ast
import json
from typing import Any

import pytest

from tests.unit.template.deployed import (
    FUNCTION,
    NO_VALUE,
    PARAMETERS,
    PROPERTIES,
    RESOURCES,
    ROOT,
    TEMPLATE,
    chalice_functions,
    of_type,
    references,
)

CHALICE = ROOT / "chalice_app" / ".chalice"
CONFIG = json.loads((CHALICE / "config.json").read_text(encoding="utf-8"))
CONFIGURED = CONFIG["stages"]["prod"]["lambda_functions"]
# EC2 knows no narrower resources for what Lambda does to connect a function to a VPC.
IN_A_VPC = {
    *("ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"),
    *("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"),
}
# That each of these is used, and on which resources: tests/grants.
ALLOWED = {
    "summarize": {
        *("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject"),
        *("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        *("sqs:ReceiveMessage", "sqs:SendMessage"),
        *("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
        *IN_A_VPC,
        "s3:DeleteObject",  # lake rows of a run that broke off
        *("sagemaker:InvokeEndpoint", "sagemaker:DescribeTransformJob"),
        *("kms:Decrypt", "kms:GenerateDataKey"),
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        *("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
    },
    "nightly": {
        *("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject"),
        *("sqs:SendMessage", "dynamodb:GetItem", "dynamodb:PutItem"),
        *("sagemaker:CreateTransformJob", "sagemaker:DescribeTransformJob"),
        *("sagemaker:DescribeEndpoint", "sagemaker:DescribeEndpointConfig"),
        *("lambda:InvokeFunction", "kms:Decrypt", "kms:GenerateDataKey"),
        *IN_A_VPC,
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        *("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
    },
    "operate": {
        *("s3:GetObject", "s3:ListBucket"),
        *IN_A_VPC,
        *("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        *("dynamodb:GetItem", "kms:Decrypt", "kms:GenerateDataKey"),
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        *("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
    },
}
# X-Ray knows no resources: AWS, "Actions, resources, and condition keys for AWS X-Ray".
WITHOUT_RESOURCE = {"xray:PutTelemetryRecords", "xray:PutTraceSegments", *IN_A_VPC}


def policy(name: str) -> list[dict[str, Any]]:
    path = CHALICE / CONFIGURED[name]["iam_policy_file"]
    allowed = []
    for statement in json.loads(path.read_text(encoding="utf-8"))["Statement"]:
        one = statement
        if "Fn::If" in statement:
            condition, one, otherwise = statement["Fn::If"]
            assert (condition, otherwise) == ("InVpc", NO_VALUE)
        assert one["Effect"] == "Allow" or one["Sid"] == "OnlyLambdaItselfConnects"
        allowed += [one] if one["Effect"] == "Allow" else []
    return allowed


def actions(statement: dict[str, Any]) -> set[str]:
    found = statement["Action"]
    return set(found) if isinstance(found, list) else {found}


def test_every_function_has_a_policy_of_its_own() -> None:
    files = [CONFIGURED[name]["iam_policy_file"] for name in CONFIGURED]

    assert set(CONFIGURED) == set(chalice_functions())
    assert len(files) == len(set(files))
    assert CONFIG["autogen_policy"] is False
    assert {path.name for path in CHALICE.glob("policy-*.json")} == set(files)


@pytest.mark.parametrize("name", sorted(CONFIGURED))
def test_a_policy_allows_the_listed_actions_and_no_other(name: str) -> None:
    assert set().union(*(actions(one) for one in policy(name))) == ALLOWED[name]


@pytest.mark.parametrize("name", sorted(CONFIGURED))
def test_a_policy_names_its_resources(name: str) -> None:
    for statement in policy(name):
        resources = statement["Resource"]
        resources = resources if isinstance(resources, list) else [resources]

        assert "*" not in resources or actions(statement) <= WITHOUT_RESOURCE
        assert references(resources) <= {
            *RESOURCES,
            *PARAMETERS,
            *("AWS::Partition", "AWS::Region", "AWS::AccountId", "AWS::NoValue"),
            "AWS::StackName",
        }


def test_only_registered_endpoints_may_be_invoked() -> None:
    [statement] = [
        one for one in policy("summarize") if one["Action"] == "sagemaker:InvokeEndpoint"
    ]

    fine_tuned, pre_trained = statement["Resource"]

    assert fine_tuned["Fn::Sub"].endswith(":endpoint/${FineTunedEndpoint}")
    condition, then, otherwise = pre_trained["Fn::If"]
    assert (condition, otherwise) == ("HasPreTrained", NO_VALUE)
    assert then["Fn::Sub"].endswith(":endpoint/${PreTrainedEndpoint}")


def test_the_night_may_invoke_no_function_but_itself() -> None:
    [statement] = [one for one in policy("nightly") if one["Action"] == "lambda:InvokeFunction"]
    name = PROPERTIES["Nightly"]["FunctionName"]["Fn::Sub"]

    assert statement["Resource"]["Fn::Sub"].endswith(f":function:{name}")


def test_functions_run_in_the_given_subnets_and_in_no_vpc_by_default() -> None:
    condition, network, otherwise = TEMPLATE["Globals"]["Function"]["VpcConfig"]["Fn::If"]

    assert (condition, otherwise) == ("InVpc", NO_VALUE)
    assert network == {
        "SubnetIds": {"Ref": "SubnetIds"},
        "SecurityGroupIds": {"Ref": "SecurityGroupIds"},
    }
    assert TEMPLATE["Conditions"]["InVpc"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "VpcId"}, ""]}]}
    assert PARAMETERS["VpcId"]["Default"] == ""
    assert not any("VpcConfig" in PROPERTIES[name] for name in of_type(FUNCTION))


def test_a_private_network_has_an_endpoint_for_every_service_that_the_functions_call() -> None:
    tree = ast.parse((ROOT / "chalice_app" / "chalicelib" / "aws.py").read_text(encoding="utf-8"))
    called = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_client"
        and isinstance(node.args[0], ast.Constant)
    }
    names = {"sagemaker": "sagemaker.api", "sagemaker-runtime": "sagemaker.runtime"}

    endpoints = {
        PROPERTIES[name]["ServiceName"]["Fn::Sub"].removeprefix("com.amazonaws.${AWS::Region}."): (
            PROPERTIES[name]["VpcEndpointType"],
            RESOURCES[name]["Condition"],
        )
        for name in of_type("AWS::EC2::VPCEndpoint")
    }

    assert set(endpoints) == {names.get(str(service), service) for service in called}
    assert {name for name, kind in endpoints.items() if kind[0] == "Gateway"} == {"s3", "dynamodb"}
    assert {condition for _, condition in endpoints.values()} == {"MakesEndpoints"}
