"""Where MiniStack falls short of CloudFormation, and what makes up for it.

Each is one function here, called by deploy.py; on AWS none of them is needed.
"""

from __future__ import annotations

import base64
import copy
from typing import TYPE_CHECKING, Any, cast

from local.aws import client
from local.errors import DeployError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from common.stack_settings import LocalStackSettings
    from local.packaging.package import Package

Template = dict[str, Any]

# What MiniStack's CloudFormation does not know, of what is made without QuickSight.
NOT_MADE = ("AWS::Athena::NamedQuery",)


def mended(
    template: Template, values: Mapping[str, str], settings: LocalStackSettings, nested_url: str
) -> Template:
    """The template as MiniStack needs it; every change says why."""
    result = copy.deepcopy(template)
    resources = cast("dict[str, Any]", result["Resources"])
    for resource in resources.values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::Function":
            properties["Code"]["S3Bucket"] = settings.artifacts_bucket
        if resource["Type"] == "AWS::CloudFormation::Stack":
            # What `aws cloudformation package` does for AWS.
            properties["TemplateURL"] = nested_url
        if resource["Type"] == "AWS::Lambda::EventSourceMapping":
            # A {Ref} arrives as text, and the poller, comparing it with a number, stands still.
            scaling = properties["ScalingConfig"]
            scaling["MaximumConcurrency"] = int(values["WorkerConcurrency"])
        if resource["Type"] == "AWS::IAM::Role":
            _allow_batches(properties)
    return result


def nested(template: Template) -> Template:
    """The nested template as MiniStack needs it: it makes no named queries, so there are none."""
    result = copy.deepcopy(template)
    resources = cast("dict[str, Any]", result["Resources"])
    for name in [one for one, made in resources.items() if made["Type"] in NOT_MADE]:
        del resources[name]
    return result


def _allow_batches(role: dict[str, Any]) -> None:
    """In AWS sqs:SendMessage permits SendMessageBatch; MiniStack wants an action of that name."""
    for policy in role.get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            if "sqs:SendMessage" in statement["Action"]:
                statement["Action"] = [*statement["Action"], "sqs:SendMessageBatch"]


def check_code(
    settings: LocalStackSettings, aws_url: str, package: Package, function_name: str
) -> None:
    """Raise DeployError unless the function is our zip.

    MiniStack makes a function whose code it does not find, and one that answers every message as
    done: reports would be lost without a word.
    """
    function = client("lambda", aws_url, settings).get_function_configuration(
        FunctionName=function_name
    )
    wanted = base64.b64encode(bytes.fromhex(package.zip_sha256)).decode("ascii")
    if function["CodeSha256"] != wanted:
        raise DeployError(function_name, f"its code is not {package.zip_path}")


def finish(settings: LocalStackSettings, aws_url: str, template: Template) -> int:
    """Switch on what MiniStack's CloudFormation leaves off; return how many resources there are."""
    dynamodb = client("dynamodb", aws_url, settings)
    formation = client("cloudformation", aws_url, settings)
    found = formation.describe_stack_resources(StackName=settings.stack_name)["StackResources"]
    for resource in found:
        if resource["ResourceType"] != "AWS::DynamoDB::Table":
            continue
        # The time to live of a table is taken from the template and left off.
        properties = template["Resources"][resource["LogicalResourceId"]]["Properties"]
        table = resource["PhysicalResourceId"]
        status = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if status["TimeToLiveStatus"] == "DISABLED":
            dynamodb.update_time_to_live(
                TableName=table, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
            )
    return len(found)
