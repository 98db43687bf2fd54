"""What must exist before a resource can be created, and whether the template says so.

CloudFormation creates resources in any order that `Ref`, `GetAtt`, `Sub` and DependsOn allow, and
many at once. A resource that only names another one, as text, works or fails by chance. So each
requirement must be an ancestor in the graph of dependencies: then every allowed order works.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

from sqlglot.expressions import Table

from analytics.engine.dialect import parse
from local.cloudformation.evaluate import Resource, Stack
from local.cloudformation.requirements import REQUIREMENTS

# Documents that may name what does not exist yet: services do not look it up.
_POLICIES = (
    "AssumeRolePolicyDocument",
    "KeyPolicy",
    "Policies",
    "PolicyDocument",
)
# Properties that name no resource of the stack, whatever their text is.
_WORDS = ("Description", "AlarmDescription", "Comment", "DashboardBody", "ServiceName")
_SHORTEST_NAME = 6
_VIEW = "/* Presto View: "


def findings(stack: Stack) -> list[str]:
    """Cycles, requirements that the template does not state, and names of what does not exist."""
    sorter = TopologicalSorter({name: one.needs for name, one in stack.resources.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        return [f"cycle: {' -> '.join(error.args[1])}"]
    every = (_required, _mentioned, _notified, _logged, _read_by_views)
    return list(dict.fromkeys(line for find in every for line in find(stack)))


def values(node: Any, path: str) -> Iterator[Any]:  # noqa: ANN401  # JSON
    """The values at a path in a document."""
    name, _, rest = path.partition(".")
    if not name:
        yield node
    elif name == "*":
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        for one in inner:
            yield from values(one, rest)
    elif isinstance(node, dict) and name in node:
        yield from values(node[name], rest)


def owner(stack: Stack, kind: str, key: str, value: str) -> Resource | None:
    """The resource of a type that a value names."""
    for one in stack.resources.values():
        names = one.identity.attributes.get(key) if key != "Ref" else one.identity.ref
        if one.kind == kind and names == value:
            return one
    return None


def _required(stack: Stack) -> Iterator[str]:
    for one in stack.resources.values():
        for rule in REQUIREMENTS:
            if rule.kind != one.kind:
                continue
            for value in values(one.properties, rule.path):
                other = owner(stack, rule.target, rule.key, value)
                if other is None:
                    if not rule.elsewhere:
                        yield f"{one.logical_id}: {rule.path} names no {rule.target} of the stack"
                elif other.logical_id not in stack.ancestors(one.logical_id):
                    yield _unordered(one, other, rule.path)


def _mentioned(stack: Stack) -> Iterator[str]:
    """Resources that others name anywhere, also where no rule above looks."""
    # Several may have one name, such as a database and a workgroup: any of them will do.
    names: dict[str, list[Resource]] = {}
    for one in stack.resources.values():
        for name in {one.identity.ref, *one.identity.attributes.values()}:
            if len(name) >= _SHORTEST_NAME:
                names.setdefault(name, []).append(one)
    for one in stack.resources.values():
        known = stack.ancestors(one.logical_id) | {one.logical_id}
        for path, value in _texts(one.properties, ""):
            others = names.get(value, [])
            if others and not any(other.logical_id in known for other in others):
                yield _unordered(one, others[0], path)


def _texts(node: Any, path: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401  # JSON
    if isinstance(node, dict):
        for name, inner in node.items():
            # A definition's own names are no resources; its ARNs have rules above.
            if name not in (*_POLICIES, *_WORDS, "Name", "Alias"):
                yield from _texts(inner, f"{path}.{name}" if path else name)
    elif isinstance(node, list):
        for inner in node:
            yield from _texts(inner, f"{path}.*")
    elif isinstance(node, str):
        yield path, node


def _notified(stack: Stack) -> Iterator[str]:
    """S3 sends a test message when it stores a notification: the queue's policy must be there."""
    for one in stack.resources.values():
        if one.kind != "AWS::S3::Bucket":
            continue
        for arn in values(one.properties, "NotificationConfiguration.QueueConfigurations.*.Queue"):
            queue = owner(stack, "AWS::SQS::Queue", "Arn", arn)
            for policy in stack.resources.values():
                if (
                    policy.kind == "AWS::SQS::QueuePolicy"
                    and queue
                    and queue.identity.ref in policy.properties["Queues"]
                    and policy.logical_id not in stack.ancestors(one.logical_id)
                ):
                    yield _unordered(one, policy, "NotificationConfiguration")


def _logged(stack: Stack) -> Iterator[str]:
    """S3 refuses logging to a bucket whose policy does not let it deliver (PutBucketLogging)."""
    for one in stack.resources.values():
        for name in values(one.properties, "LoggingConfiguration.DestinationBucketName"):
            for policy in stack.resources.values():
                if (
                    policy.kind == "AWS::S3::BucketPolicy"
                    and policy.properties["Bucket"] == name
                    and policy.logical_id not in stack.ancestors(one.logical_id)
                ):
                    yield _unordered(one, policy, "LoggingConfiguration")


def _read_by_views(stack: Stack) -> Iterator[str]:
    """A data set is filled as soon as it exists: by then, its view's own views must exist too."""
    by_name = {
        one.identity.name: one for one in stack.resources.values() if one.kind == "AWS::Glue::Table"
    }
    for one in by_name.values():
        stored = one.properties.get("TableInput", {}).get("ViewOriginalText", "")
        if not stored.startswith(_VIEW):
            continue
        for name in _read(stored):
            if name in by_name and by_name[name].logical_id not in stack.ancestors(one.logical_id):
                yield _unordered(one, by_name[name], "ViewOriginalText")


@lru_cache
def _read(stored: str) -> tuple[str, ...]:
    """What a view reads, of its text in Glue."""
    document = json.loads(base64.b64decode(stored.removeprefix(_VIEW).removesuffix(" */")))
    return tuple(sorted({one.name for one in parse(document["originalSql"]).find_all(Table)}))


def _unordered(one: Resource, other: Resource, path: str) -> str:
    return (
        f"{one.logical_id}: {path} needs {other.logical_id}, from which CloudFormation derives no "
        f"order: add DependsOn: {other.logical_id}"
    )
