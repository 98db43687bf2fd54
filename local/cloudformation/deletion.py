"""What happens when the stack is deleted, or its first creation fails."""

from __future__ import annotations

from collections.abc import Iterator

from local.cloudformation.evaluate import Resource, Stack

_KEPT = ("Retain", "RetainExceptOnCreate")
# What is kept may use what is deleted, where the reason says why it does no harm.
_MAY_LOSE = {
    ("LandingBucket", "WorkQueue"): "S3 drops notifications for a queue that is gone",
    ("LandingBucket", "WorkQueuePolicy"): "only the order of creation depends on it",
}


def findings(stack: Stack) -> list[str]:
    """What would block a deletion, lose more than was meant, or block the next deployment."""
    return [
        *_buckets(stack),
        *_workgroups(stack),
        *_policies(stack),
        *_kept_without(stack),
        *_first_failure(stack),
    ]


def is_kept(one: Resource) -> bool:
    """Whether the resource outlives its stack."""
    return one.source.get("DeletionPolicy", "Delete") in _KEPT


def _buckets(stack: Stack) -> Iterator[str]:
    for one in stack.resources.values():
        if one.kind == "AWS::S3::Bucket" and not is_kept(one):
            yield f"{one.logical_id}: a bucket that is not empty cannot be deleted: keep it"


def _workgroups(stack: Stack) -> Iterator[str]:
    for one in stack.resources.values():
        if one.kind == "AWS::Athena::WorkGroup" and not one.properties.get("RecursiveDeleteOption"):
            yield (
                f"{one.logical_id}: a workgroup with a history cannot be deleted: "
                "set RecursiveDeleteOption"
            )


def _policies(stack: Stack) -> Iterator[str]:
    """A bucket that is kept without its policy takes requests without TLS from then on."""
    for one in stack.resources.values():
        if one.kind != "AWS::S3::BucketPolicy" or is_kept(one):
            continue
        for bucket in stack.resources.values():
            names_it = bucket.identity.name == one.properties["Bucket"]
            if bucket.kind == "AWS::S3::Bucket" and names_it and is_kept(bucket):
                yield f"{one.logical_id}: {bucket.logical_id} is kept, and loses its policy"


def _kept_without(stack: Stack) -> Iterator[str]:
    for one in stack.resources.values():
        if not is_kept(one):
            continue
        for name in sorted(one.needs):
            if not is_kept(stack.resources[name]) and (one.logical_id, name) not in _MAY_LOSE:
                yield f"{one.logical_id} is kept, but {name}, which it uses, is deleted"


def _first_failure(stack: Stack) -> Iterator[str]:
    """A name that is taken blocks the second attempt."""
    for one in stack.resources.values():
        if one.source.get("DeletionPolicy") == "Retain" and one.is_named:
            yield (
                f"{one.logical_id}: has a name of its own: with Retain, a failed creation leaves "
                "it, and the next one finds the name taken; use RetainExceptOnCreate"
            )
        if is_kept(one) and one.source.get("UpdateReplacePolicy") != "Retain":
            yield f"{one.logical_id}: is kept, but not if an update replaces it"
