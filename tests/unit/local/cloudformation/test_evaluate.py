"""Templates are evaluated as CloudFormation evaluates them."""

from __future__ import annotations

from typing import Any

import pytest

from local.cloudformation.evaluate import Stack
from local.cloudformation.identities import Place
from local.errors import PackageError
from tests.unit.local.cloudformation.conftest import small

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {}}
PLACE = Place("demo", "us-east-1")


def topic(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": properties}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ({"Ref": "AWS::StackName"}, "demo"),
        ({"Fn::Sub": "${AWS::StackName}-${!Kept}"}, "demo-${Kept}"),
        ({"Fn::Sub": ["${A}/${Queue.QueueName}", {"A": {"Ref": "AWS::Region"}}]}, None),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]}, "a-us-east-1"),
        ({"Fn::Base64": "a"}, "YQ=="),
        ({"Fn::If": ["On", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Off", "yes", "no"]}, "no"),
        ({"Fn::If": ["Both", "yes", "no"]}, "no"),
        ({"Fn::If": ["Either", "yes", "no"]}, "yes"),
        ({"Fn::GetAtt": "Queue.QueueName"}, "demo-Queue-1ABCDEFGHIJKL"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:aws:sqs:us-east-1:123456789012:demo-Queue-1ABC"),
        ({"Ref": "Count"}, 3),
        ({"Ref": "Many"}, ["a", "b"]),
    ],
)
def test_intrinsic_functions(written: Any, value: Any) -> None:
    off = {"Fn::Not": [{"Condition": "On"}]}
    conditions = {
        "On": {"Fn::Equals": [{"Ref": "Count"}, "3"]},
        "Off": off,
        "Both": {"Fn::And": [{"Condition": "On"}, off]},
        "Either": {"Fn::Or": [{"Condition": "On"}, off]},
    }
    parameters = {
        "Count": {"Type": "Number", "Default": 3},
        "Many": {"Type": "CommaDelimitedList", "Default": "a,b"},
    }
    stack = small(
        {"Queue": QUEUE, "Topic": topic(DisplayName=written)},
        Conditions=conditions,
        Parameters=parameters,
    )

    found = stack.resources["Topic"].properties["DisplayName"]

    if value is None:
        assert found == "us-east-1/demo-Queue-1ABCDEFGHIJKL"
    elif isinstance(value, str):
        assert str(found).startswith(value)
    else:
        assert found == value


def test_no_value_leaves_out_properties_and_elements() -> None:
    nothing = {"Ref": "AWS::NoValue"}
    stack = small({"Topic": topic(DisplayName=nothing, Subscription=[nothing, {"Endpoint": "x"}])})

    assert stack.resources["Topic"].properties == {"Subscription": [{"Endpoint": "x"}]}


def test_all_ways_to_need_another_resource_count() -> None:
    resources = {name: dict(QUEUE) for name in ("A", "B", "C", "D", "E")}
    resources["E"]["DependsOn"] = "D"
    value = [{"Ref": "A"}, {"Fn::GetAtt": ["B", "Arn"]}, {"Fn::Sub": "${C}"}]
    stack = small({**resources, "T": {**topic(DisplayName=value), "DependsOn": ["E"]}})

    assert stack.resources["T"].needs == {"A", "B", "C", "E"}
    assert stack.ancestors("T") == {"A", "B", "C", "D", "E"}


def test_a_branch_that_is_not_taken_needs_nothing() -> None:
    chosen = {"Fn::If": ["Never", {"Ref": "Queue"}, "x"]}
    stack = small(
        {"Queue": {**QUEUE, "Condition": "Never"}, "Topic": topic(DisplayName=chosen)},
        Conditions={"Never": {"Fn::Equals": ["a", "b"]}},
    )

    assert list(stack.resources) == ["Topic"]
    assert stack.resources["Topic"].needs == set()


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"Ref": "Nothing"}, "Nothing is neither a parameter nor a resource"),
        ({"Ref": "Gone"}, "Gone is referred to, but its condition is off"),
        ({"Fn::GetAtt": ["Queue", "Colour"]}, "Queue has no attribute Colour"),
        ({"Fn::ImportValue": "x"}, "Fn::ImportValue: add it to"),
        ({"Fn::If": ["Unknown", 1, 2]}, "there is no condition Unknown"),
    ],
)
def test_what_cloudformation_refuses_is_refused(written: Any, words: str) -> None:
    resources = {"Queue": QUEUE, "Gone": {**QUEUE, "Condition": "Never"}}
    conditions = {"Never": {"Fn::Equals": ["a", "b"]}}

    with pytest.raises(PackageError, match=words):
        small({**resources, "Topic": topic(DisplayName=written)}, Conditions=conditions)


def test_depends_on_something_that_does_not_exist() -> None:
    with pytest.raises(PackageError, match=r"^Queue: DependsOn Nothing, which does not exist$"):
        small({"Queue": {**QUEUE, "DependsOn": "Nothing"}})


@pytest.mark.parametrize(
    ("declared", "given", "words"),
    [
        ({"Type": "String"}, {}, "has no value"),
        ({"Type": "String", "AllowedValues": ["a"]}, {"P": "b"}, "not among the allowed values"),
        ({"Type": "String", "AllowedPattern": "[a-z]+"}, {"P": "A"}, "allowed pattern"),
        ({"Type": "String", "MinLength": 2}, {"P": "a"}, "too short or too long"),
        ({"Type": "String"}, {"P": "a" * 4097}, "too short or too long"),
        ({"Type": "Number", "MaxValue": 10}, {"P": "11"}, "out of range"),
        ({"Type": "CommaDelimitedList", "AllowedPattern": "a"}, {"P": "a,b"}, "allowed pattern"),
        ({"Type": "String", "Default": ""}, {"Other": "x"}, "no parameter Other"),
    ],
)
def test_values_that_the_parameters_do_not_allow(
    declared: dict[str, Any], given: dict[str, str], words: str
) -> None:
    template = {"Parameters": {"P": declared}, "Resources": {"Queue": QUEUE}}

    with pytest.raises(PackageError, match=words):
        Stack(template, given, PLACE)


def test_a_nested_stack_gets_its_parents_values_and_gives_its_outputs() -> None:
    nested = {
        "Parameters": {"Size": {"Type": "Number"}},
        "Resources": {"Queue": QUEUE},
        "Outputs": {"Name": {"Value": {"Fn::Sub": "${Queue.QueueName}-${Size}"}}},
    }
    inner = {"Type": "AWS::CloudFormation::Stack", "Properties": {"Parameters": {"Size": 7}}}
    outer = topic(DisplayName={"Fn::GetAtt": ["Inner", "Outputs.Name"]})
    template = {"Resources": {"Inner": inner, "Topic": outer}}

    stack = Stack(template, {}, PLACE, {"Inner": nested})

    name = stack.resources["Topic"].properties["DisplayName"]
    assert name == "demo-Inner-1ABCDEFGHIJKL-Queue-1ABCDEFGHIJKL-7"
    assert stack.resources["Topic"].needs == {"Inner"}
