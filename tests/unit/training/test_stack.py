"""The deployed stack as CloudFormation tells of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from common.aws import Target
from common.errors import SettingError
from training import stack

NAMES = (
    *("LandingBucketName", "ResultsBucketName", "WorkQueueUrl", "DeadLetterQueueUrl"),
    *("IdempotencyTableName", "ProgressTableName", "FunctionName", "LogGroupName"),
    *("NightlyFunctionName", "OperateFunctionName"),
)


def deploy(target: Target, name: str, outputs: tuple[str, ...] = NAMES) -> None:
    """A stack of one topic, with these outputs and one parameter."""
    template: dict[str, Any] = {
        "Parameters": {"FineTunedEndpoint": {"Type": "String"}},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {one: {"Value": f"the {one}"} for one in outputs},
    }
    target.client("cloudformation").create_stack(
        StackName=name,
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": "FineTunedEndpoint", "ParameterValue": "mine"}],
    )


def test_names_what_the_stack_is_made_of(moto_target: Target) -> None:
    target = replace(moto_target, stack_name="impressions")
    deploy(target, "impressions")
    deploy(target, "another", ())

    found = stack.describe(target)

    assert (found.name, found.parameters) == ("impressions", {"FineTunedEndpoint": "mine"})
    assert found.outputs.landing_bucket == "the LandingBucketName"
    assert found.outputs.operate_function == "the OperateFunctionName"
    assert found.client("s3") is target.client("s3")


def test_a_stack_that_is_not_there_says_what_to_do(moto_target: Target) -> None:
    with pytest.raises(SettingError, match="radiology-impressions does not exist; run `make depl"):
        stack.describe(moto_target)


@pytest.mark.parametrize("missing", ["LandingBucketName", "OperateFunctionName"])
def test_another_stack_is_not_taken_for_it(moto_target: Target, missing: str) -> None:
    deploy(moto_target, moto_target.stack_name, tuple(name for name in NAMES if name != missing))

    with pytest.raises(SettingError, match=f"has no output '{missing}'; it is another stack"):
        stack.describe(moto_target)
