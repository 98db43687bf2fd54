"""The calls with which each service would create a resource, from its CloudFormation properties."""

from __future__ import annotations

from local.cloudformation import calls_analytics, calls_work
from local.cloudformation.evaluate import Resource, Stack
from local.cloudformation.making import Call, Taken
from local.errors import PackageError

__all__ = ["Call", "calls"]
MAKERS = calls_work.MAKERS | calls_analytics.MAKERS


def calls(resource: Resource, stack: Stack) -> list[Call]:
    """The calls that create a resource; raises PackageError for what is not known here."""
    if resource.kind not in MAKERS:
        raise PackageError(f"{resource.logical_id}: add {resource.kind} to calls_*.py")
    taken = Taken(resource)
    found = list(MAKERS[resource.kind](taken, stack))
    taken.done()
    return found
