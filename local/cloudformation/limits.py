"""Sizes and numbers that no schema and no service model has, with the longest names.

From the pages "AWS CloudFormation quotas", "IAM and AWS STS quotas", "Lambda quotas", "Service
Quotas" of Athena and the Glue API, as remembered: none could be looked up here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from local.cloudformation import schedules
from local.cloudformation.evaluate import Resource, Stack

TEMPLATE_BYTES = 1_000_000
RESOURCES, PARAMETERS, OUTPUTS = 500, 200, 200
LOGICAL_ID, DESCRIPTION_BYTES, PARAMETER_DESCRIPTION, OUTPUT_DESCRIPTION = 255, 1024, 4000, 1024
PARAMETER_BYTES = 4096
INLINE_POLICY, MANAGED_POLICY, TRUST_POLICY = 10_240, 6_144, 2_048
KEY_POLICY, BUCKET_POLICY = 32_768, 20_480
ENVIRONMENT_BYTES = 4096
QUERY_BYTES = 262_144
GLUE_PARAMETER = 512_000
VIEW_TEXT = 409_600
# Lambda sets these itself, and refuses a function that sets them.
RESERVED_VARIABLES = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    }
)


def of_template(template: Mapping[str, Any], size: int) -> list[str]:
    """The limits of a template as a whole; `size` is its file's, in bytes."""
    counted = {
        "bytes": (size, TEMPLATE_BYTES),
        "resources": (len(template["Resources"]), RESOURCES),
        "parameters": (len(template.get("Parameters", {})), PARAMETERS),
        "outputs": (len(template.get("Outputs", {})), OUTPUTS),
        "bytes of description": (_bytes(template.get("Description", "")), DESCRIPTION_BYTES),
    }
    for section, limit in (("Parameters", PARAMETER_DESCRIPTION), ("Outputs", OUTPUT_DESCRIPTION)):
        for name, one in template.get(section, {}).items():
            counted[f"characters in the description of {name}"] = (
                len(one.get("Description", "")),
                limit,
            )
    for name in (*template["Resources"], *template.get("Outputs", {})):
        counted[f"characters in {name}"] = (len(name), LOGICAL_ID)
    return [_over(what, size, most) for what, (size, most) in counted.items() if size > most]


def findings(stack: Stack) -> list[str]:
    """What is too large in an evaluated stack, and values that a service refuses."""
    found = [
        f"parameter {name}: " + _over("bytes", _bytes(str(value)), PARAMETER_BYTES)
        for name, value in stack.parameters.items()
        if _bytes(str(value)) > PARAMETER_BYTES
    ]
    for one in stack.resources.values():
        for what, size, most in _sizes(one):
            if size > most:
                found.append(f"{one.logical_id}: {_over(what, size, most)}")
        found += [f"{one.logical_id}: {line}" for line in _values(one)]
    return [*found, *_same_name(stack), *_twice(stack)]


def _over(what: str, size: int, most: int) -> str:
    return f"{size:,} {what}, at most {most:,} are allowed"


def _bytes(value: Any) -> int:  # noqa: ANN401  # JSON
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return len(text.encode())


def _sizes(one: Resource) -> Iterator[tuple[str, int, int]]:
    properties = one.properties
    if one.kind == "AWS::IAM::Role":
        inline = sum(_bytes(policy["PolicyDocument"]) for policy in properties.get("Policies", []))
        yield "bytes of inline policies", inline, INLINE_POLICY
        trust = properties["AssumeRolePolicyDocument"]
        yield "bytes of trust policy", _bytes(trust), TRUST_POLICY
    elif one.kind == "AWS::IAM::ManagedPolicy":
        yield "bytes of policy", _bytes(properties["PolicyDocument"]), MANAGED_POLICY
    elif one.kind == "AWS::KMS::Key":
        yield "bytes of key policy", _bytes(properties["KeyPolicy"]), KEY_POLICY
    elif one.kind == "AWS::S3::BucketPolicy":
        yield "bytes of bucket policy", _bytes(properties["PolicyDocument"]), BUCKET_POLICY
    elif one.kind == "AWS::Lambda::Function":
        variables = properties.get("Environment", {}).get("Variables", {})
        total = sum(_bytes(name) + _bytes(str(value)) for name, value in variables.items())
        yield "bytes of environment", total, ENVIRONMENT_BYTES
    elif one.kind == "AWS::Athena::NamedQuery":
        yield "bytes of query", _bytes(properties["QueryString"]), QUERY_BYTES
    elif one.kind == "AWS::Glue::Table":
        table = properties.get("TableInput", {})
        yield "characters of view", len(table.get("ViewOriginalText", "")), VIEW_TEXT
        for name, value in table.get("Parameters", {}).items():
            yield f"characters of {name}", len(value), GLUE_PARAMETER


def _values(one: Resource) -> Iterator[str]:
    if one.kind == "AWS::Lambda::Function":
        variables = one.properties.get("Environment", {}).get("Variables", {})
        for name in sorted(RESERVED_VARIABLES & set(variables)):
            yield f"Lambda sets {name} itself"
    if "ScheduleExpression" in one.properties:
        yield from schedules.faults(one.properties["ScheduleExpression"])
    for path, document in _documents(one):
        try:
            json.loads(document)
        except ValueError:
            yield f"{path} is not JSON"


def _documents(one: Resource) -> Iterator[tuple[str, str]]:
    """Text that must be JSON once names are filled in."""
    if one.kind == "AWS::CloudWatch::Dashboard":
        yield "DashboardBody", one.properties["DashboardBody"]
    elif one.kind == "AWS::Scheduler::Schedule":
        yield "Target.Input", one.properties["Target"]["Input"]


def _same_name(stack: Stack) -> Iterator[str]:
    """Two resources of one type must not have one name; nor queries, among which people choose."""
    seen: dict[tuple[str, ...], str] = {}
    for one in stack.resources.values():
        if one.kind == "AWS::Athena::NamedQuery":
            name: tuple[str, ...] = tuple(one.properties[key] for key in ("WorkGroup", "Name"))
        elif one.kind == "AWS::QuickSight::RefreshSchedule":
            name = (one.properties["DataSetId"], one.identity.name)
        elif one.is_named:
            name = (one.kind, one.identity.name)
        else:
            continue
        if name in seen:
            yield f"{one.logical_id}: has the name of {seen[name]}"
        seen[name] = one.logical_id


def _twice(stack: Stack) -> Iterator[str]:
    """A function with two schedules runs twice; a queue is mapped to a function once.

    Chalice adds the events of app.py: an event of another name in template.yaml is a second one.
    """
    seen: dict[tuple[str, ...], str] = {}
    for one in stack.resources.values():
        found: list[tuple[str, ...]] = []
        if one.kind == "AWS::Events::Rule" and "ScheduleExpression" in one.properties:
            found = [("schedules", target["Arn"]) for target in one.properties["Targets"]]
        elif one.kind == "AWS::Lambda::EventSourceMapping":
            names = (one.properties["EventSourceArn"], one.properties["FunctionName"])
            found = [("mappings", *names)]
        for key in found:
            if key in seen:
                yield f"{one.logical_id}: does what {seen[key]} does: two {key[0]} of {key[-1]}"
            seen[key] = one.logical_id
