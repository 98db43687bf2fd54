"""What a deploy would fail on only after minutes: checked before anything is created.

    python -m local.packaging.preflight --stack NAME TEMPLATE [KEY=VALUE …]

CloudFormation counts parameters in characters, Lambda a function's environment in bytes, and the
names of buckets and functions are made of the stack's.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from common.command_line import report
from common.errors import EXIT_FINDINGS, CommandError, UsageError
from local.cloudformation import schedules

# All variables of a function together (AWS Lambda developer guide, "Lambda quotas").
ENVIRONMENT_BYTES = 4096
# Names that the stack's name becomes part of, and how long each may be.
NAME_LIMITS = {"BucketName": 63, "FunctionName": 64, "Name": 64}
LONGEST_REGION = "ap-southeast-1"
PSEUDO = {
    "AWS::AccountId": "0" * 12,
    "AWS::Region": LONGEST_REGION,
    "AWS::Partition": "aws",
    "AWS::NoValue": "",
}
# What a reference to a resource becomes at most: an ARN or URL with the longest names.
LONGEST_REFERENCE = 130
# Buckets' names are lower case, and so must the stack's be (Amazon S3, "Bucket naming rules").
# Transform jobs are named after the stack, with single hyphens; the roles allow only such names.
STACK_NAME = re.compile(r"[a-z](-?[a-z0-9])*")
# What one ReceiveMessage returns at most; a larger batch takes time to collect.
MESSAGES_WITHOUT_WINDOW = 10
# Parameters that are of no use without others.
REQUIRES = {
    "VpcId": ("SubnetIds", "SecurityGroupIds"),
    "SubnetIds": ("VpcId",),
    "SecurityGroupIds": ("VpcId",),
    "VpcEndpoints": ("VpcId", "RouteTableIds"),
    "RouteTableIds": ("VpcEndpoints",),
}


class PreflightError(CommandError):
    """A deploy would fail; `findings` says why, one per line."""

    exit_status = EXIT_FINDINGS

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("this cannot be deployed; nothing was created")
        self.findings = tuple(findings)


def findings(template: Mapping[str, Any], stack: str, given: Mapping[str, str]) -> list[str]:
    """What is wrong with a stack's name and parameters, one line each.

    Args:
        template: the merged SAM template.
        stack: the name that the stack gets.
        given: values of parameters; for the others the template has defaults.
    """
    parameters: Mapping[str, Any] = template["Parameters"]
    found = [
        f"{name}: the template has no such parameter" for name in given if name not in parameters
    ]
    values = {name: str(one.get("Default", "")) for name, one in parameters.items()} | dict(given)
    values |= PSEUDO | {"AWS::StackName": stack}
    return [
        *found,
        *_names(template, stack, values),
        *_environment(template, values),
        *_companions(values),
        *_batches(values),
        *(f"NightlySchedule: {one}" for one in schedules.faults(values["NightlySchedule"])),
    ]


def _companions(values: Mapping[str, str]) -> Iterator[str]:
    """The parameters that are set without those that they require."""
    is_set = {name for name, value in values.items() if value not in {"", "false"}}
    for name, required in REQUIRES.items():
        missing = [other for other in required if other not in is_set]
        if name in is_set and missing:
            yield f"{name} is set: set {' and '.join(missing)} too"


def _batches(values: Mapping[str, str]) -> Iterator[str]:
    """Lambda refuses an event source mapping with a large batch and no window."""
    messages = values["MessagesPerInvocation"]
    is_large = messages.isdecimal() and int(messages) > MESSAGES_WITHOUT_WINDOW
    if is_large and values["BatchingWindowSeconds"] == "0":
        yield f"MessagesPerInvocation is {messages}: set BatchingWindowSeconds to at least 1"


def _names(template: Mapping[str, Any], stack: str, values: Mapping[str, str]) -> Iterator[str]:
    if not STACK_NAME.fullmatch(stack):
        rule = "use lower-case letters, digits and single hyphens, a letter first"
        yield f"stack name {stack}: {rule}"
    excess, named = max(
        (len(_resolved(value, values)) - limit, f"{logical_id}'s {name}")
        for logical_id, resource in template["Resources"].items()
        for name, limit in NAME_LIMITS.items()
        if isinstance(value := resource.get("Properties", {}).get(name), dict)
        and "Fn::Sub" in value
    )
    if excess > 0:
        yield (
            f"stack name {stack}: it is {excess} characters too long for {named} "
            f"(use at most {len(stack) - excess})"
        )


def _environment(template: Mapping[str, Any], values: Mapping[str, str]) -> Iterator[str]:
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    sizes = {
        name: len(name.encode()) + len(_resolved(value, values).encode())
        for name, value in variables.items()
    }
    total = sum(sizes.values())
    if total > ENVIRONMENT_BYTES:
        largest = sorted(sizes, key=lambda name: -sizes[name])[:3]
        shown = ", ".join(f"{name} {sizes[name]}" for name in largest)
        yield (
            f"the functions' environment has {total} bytes, {total - ENVIRONMENT_BYTES} too many "
            f"for Lambda; the largest: {shown}. Shorten a prompt (an umlaut is 2 bytes)"
        )


def _resolved(value: Any, values: Mapping[str, str]) -> str:  # noqa: ANN401  # any template value
    """A value as it is deployed; for a reference to a resource, one as long as the longest."""
    if not isinstance(value, dict):
        return str(value)
    if "Fn::If" in value:
        return max((_resolved(one, values) for one in value["Fn::If"][1:]), key=len)
    if "Fn::Sub" in value:
        return _substituted(value["Fn::Sub"], values)
    return values.get(str(value.get("Ref", "")), "x" * LONGEST_REFERENCE)


def _substituted(text: str, values: Mapping[str, str]) -> str:
    return re.sub(
        r"\$\{([^}]+)\}", lambda found: values.get(found[1], "x" * LONGEST_REFERENCE), text
    )


def main(arguments: Sequence[str]) -> int:
    """Check; 1 with the findings on stdout if a deploy would fail."""
    parser = argparse.ArgumentParser(
        prog="python -m local.packaging.preflight", description=main.__doc__
    )
    parser.add_argument("--stack", required=True, metavar="NAME")
    parser.add_argument("template", type=Path, metavar="TEMPLATE")
    parser.add_argument("parameters", nargs="*", metavar="KEY=VALUE")
    options = parser.parse_args(arguments)
    try:
        given = dict(_pair(text) for text in options.parameters)
        _check(json.loads(options.template.read_bytes()), options.stack, given)
    except CommandError as error:
        return report(error)
    return 0


def _check(template: Mapping[str, Any], stack: str, given: Mapping[str, str]) -> None:
    found = findings(template, stack, given)
    if found:
        raise PreflightError(found)


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise UsageError(f"{text}: write KEY=VALUE")
    return name, value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
