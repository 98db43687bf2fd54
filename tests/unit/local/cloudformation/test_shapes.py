"""Calls are checked against the models that botocore carries."""

from __future__ import annotations

from typing import Any

import pytest

from local.cloudformation import shapes

RULE = {"Name": "nightly", "ScheduleExpression": "rate(1 day)"}


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "words"),
    [
        ("events", "PutRule", {}, ["PutRule.Name is missing"]),
        ("events", "PutRule", {**RULE, "Colour": 1}, ["PutRule.Colour: the service knows no"]),
        ("events", "PutRule", {"Name": 1}, ["PutRule.Name: int instead of string"]),
        ("events", "PutRule", {"Name": "a b"}, ["PutRule.Name: does not match"]),
        ("events", "PutRule", {"Name": "a" * 65}, ["65 characters, at most 64 are allowed"]),
        ("events", "PutRule", {**RULE, "State": "ON"}, ["State: ON is not among"]),
        ("events", "PutRule", {**RULE, "Tags": {}}, ["Tags: dict instead of a list"]),
        ("events", "PutTargets", {"Rule": "a", "Targets": []}, ["0 elements, at least 1"]),
        ("events", "PutTargets", {"Rule": "a", "Targets": ["b"]}, ["str instead of a structure"]),
        (
            "sqs",
            "CreateQueue",
            {"QueueName": "a", "Attributes": {"Colour": "x"}},
            ["Attributes key Colour: Colour is not among"],
        ),
        ("sqs", "CreateQueue", {"QueueName": "a", "Attributes": []}, ["list instead of a map"]),
        (
            "lambda",
            "CreateEventSourceMapping",
            {"FunctionName": "f", "ScalingConfig": {"MaximumConcurrency": 1}},
            ["MaximumConcurrency: 1, at least 2 are required"],
        ),
        (
            "lambda",
            "CreateEventSourceMapping",
            {"FunctionName": "f", "BatchSize": True},
            ["BatchSize: bool instead of integer"],
        ),
        ("events", "PutRule", RULE, []),
    ],
)
def test_each_kind_of_error(
    service: str, operation: str, parameters: dict[str, Any], words: list[str]
) -> None:
    found = shapes.findings(service, operation, parameters)

    assert bool(found) == bool(words)
    assert all(any(word in line for line in found) for word in words), found


def test_a_union_has_one_member() -> None:
    union = shapes.model("iam").shape_for("PolicyIdentifier")
    both = {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess", "PolicyType": "INLINE"}

    first = next(shapes._shape("policy", union, both))
    assert first == "policy: exactly one member is allowed, not 2"


@pytest.mark.parametrize("text", ["plain", "\U0001f600", "\t"])
def test_patterns_with_characters_beyond_the_first_plane(text: str) -> None:
    name = {"DatabaseInput": {"Name": text}}

    assert shapes.findings("glue", "CreateDatabase", name) == []


def test_such_a_pattern_still_refuses_control_characters() -> None:
    found = shapes.findings("glue", "CreateDatabase", {"DatabaseInput": {"Name": "a\x00"}})

    assert len(found) == 1
    assert "does not match" in found[0]
