"""Workarounds for the gaps in MiniStack's CloudFormation.

deploy.py calls these functions; on AWS none of them is needed.
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

# Resource types that MiniStack's CloudFormation does not know, apart from QuickSight's.
NOT_MADE = ("AWS::Athena::NamedQuery",)

# The numbers of an event source mapping.
NUMBERS = ("BatchSize", "MaximumBatchingWindowInSeconds", "MaximumConcurrency")


def mended(
    template: Template, values: Mapping[str, str], settings: LocalStackSettings, nested_url: str
) -> Template:
    """The template with the changes that MiniStack needs, each with its reason."""
    result = copy.deepcopy(template)
    resources = cast("dict[str, Any]", result["Resources"])
    for resource in resources.values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::Function":
            properties["Code"]["S3Bucket"] = settings.artifacts_bucket
        if resource["Type"] == "AWS::CloudFormation::Stack":
            # On AWS, `aws cloudformation package` does this.
            properties["TemplateURL"] = nested_url
        if resource["Type"] == "AWS::Lambda::EventSourceMapping":
            # A {Ref} is resolved to text. The poller compares it with a number and stops polling.
            given = _defaults(template) | dict(values)
            for place in (properties, properties["ScalingConfig"]):
                place.update(
                    {
                        name: int(given[value["Ref"]])
                        for name, value in place.items()
                        if name in NUMBERS and isinstance(value, dict)
                    }
                )
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in properties:
            _without_metric_math(properties)
        if resource["Type"] == "AWS::IAM::Role":
            _allow_batches(properties)
    return result


def _defaults(template: Template) -> dict[str, Any]:
    parameters = template.get("Parameters", {})
    return {name: one["Default"] for name, one in parameters.items() if "Default" in one}


def nested(template: Template) -> Template:
    """The nested template without named queries, which MiniStack cannot create."""
    result = copy.deepcopy(template)
    resources = cast("dict[str, Any]", result["Resources"])
    for name in [key for key, resource in resources.items() if resource["Type"] in NOT_MADE]:
        del resources[name]
    return result


def _without_metric_math(alarm: dict[str, Any]) -> None:
    """MiniStack refuses metric math: there, the alarm only exists, on the last of its metrics."""
    last = next(one["MetricStat"] for one in reversed(alarm.pop("Metrics")) if "MetricStat" in one)
    alarm |= {**last["Metric"], "Statistic": last["Stat"], "Period": last["Period"]}


def _allow_batches(role: dict[str, Any]) -> None:
    """On AWS, sqs:SendMessage permits SendMessageBatch; MiniStack requires a separate action."""
    for policy in role.get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            found = statement.get("Action", [])  # a statement may be conditional
            actions = [found] if isinstance(found, str) else found
            if "sqs:SendMessage" in actions:
                statement["Action"] = [*actions, "sqs:SendMessageBatch"]


def check_code(
    settings: LocalStackSettings, aws_url: str, package: Package, function_name: str
) -> None:
    """Raise DeployError unless the function's code is our zip.

    If MiniStack does not find the code, it creates a function that acknowledges every message:
    reports would be lost silently.
    """
    function = client("lambda", aws_url, settings).get_function_configuration(
        FunctionName=function_name
    )
    wanted = base64.b64encode(bytes.fromhex(package.zip_sha256)).decode("ascii")
    if function["CodeSha256"] != wanted:
        raise DeployError(function_name, f"its code is not {package.zip_path}")


def finish(settings: LocalStackSettings, aws_url: str, template: Template) -> int:
    """Enable what MiniStack's CloudFormation ignores; return the number of resources."""
    dynamodb = client("dynamodb", aws_url, settings)
    formation = client("cloudformation", aws_url, settings)
    found = formation.describe_stack_resources(StackName=settings.stack_name)["StackResources"]
    for resource in found:
        if resource["ResourceType"] != "AWS::DynamoDB::Table":
            continue
        # MiniStack accepts a table's time to live in the template, but does not enable it.
        properties = template["Resources"][resource["LogicalResourceId"]]["Properties"]
        table = resource["PhysicalResourceId"]
        status = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if status["TimeToLiveStatus"] == "DISABLED":
            dynamodb.update_time_to_live(
                TableName=table, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
            )
    return len(found)
