"""What an update with other parameters would replace.

CloudFormation creates the replacement before it deletes the old resource: with the same name, it
cannot. A queue or a table that is replaced loses what is in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from local.cloudformation import schemas
from local.cloudformation.evaluate import Resource, Stack
from local.cloudformation.order import values

_HOLD_DATA = ("AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::S3::Bucket", "AWS::SQS::Queue")
_PREFIX = "/properties/"


def findings(before: Stack, after: Stack) -> list[str]:
    """Resources that an update from one stack to the other cannot, or should not, replace."""
    found = []
    for name, old in before.resources.items():
        new = after.resources.get(name)
        if new is None:
            continue
        changed = list(replacing(old, new, before.place.region))
        if not changed:
            continue
        what = ", ".join(changed)
        apart = set(changed) & set(_paths(old.kind, before.place.region, "primaryIdentifier"))
        if old.is_named and old.identity == new.identity and not apart:
            found.append(f"{name}: {what} changes, which replaces it, but its name is taken")
        elif old.kind in _HOLD_DATA:
            found.append(f"{name}: {what} changes, which replaces it and loses what is in it")
    return found


def replacing(old: Resource, new: Resource, region: str) -> Iterator[str]:
    """The properties of a resource that differ and that only a new resource can have."""
    for where in _paths(old.kind, region, "createOnlyProperties"):
        if list(values(old.properties, where)) != list(values(new.properties, where)):
            yield where


def _paths(kind: str, region: str, which: str) -> list[str]:
    found = schemas.schema(kind, region).get(which, [])
    return [one.removeprefix(_PREFIX).replace("/", ".") for one in found]
