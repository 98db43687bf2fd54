"""What the modules with the create calls share: a call, and properties that must all be taken.

CloudFormation's own handlers are not public. Their names and those of the services differ in
places, and the differences are written down here and in `calls_*.py`: a property that no function
takes is an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from local.cloudformation.evaluate import Resource, Stack
from local.errors import PackageError

Parameters = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a service; `operation` is the name in its model, such as `CreateQueue`."""

    service: str
    operation: str
    parameters: Parameters


class Taken:
    """Properties of which each must be taken once."""

    def __init__(self, resource: Resource) -> None:
        self.name = resource.identity.name
        self._resource, self._left = resource, dict(resource.properties)

    def some(self, *names: str) -> Parameters:
        """Those of these properties that are set, under their names."""
        return {name: self._left.pop(name) for name in names if name in self._left}

    def rest(self) -> Parameters:
        """All that were not taken yet."""
        found, self._left = self._left, {}
        return found

    def one(self, name: str, default: Any = None) -> Any:  # noqa: ANN401  # JSON
        """A property's value."""
        return self._left.pop(name, default)

    def done(self) -> None:
        """Raise PackageError if a property was not taken."""
        if self._left:
            names = ", ".join(sorted(self._left))
            where = f"{self._resource.logical_id} ({self._resource.kind})"
            raise PackageError(f"{where}: add {names} to local/cloudformation/calls_*.py")


Maker = Callable[[Taken, Stack], Iterator[Call]]


def maker(makers: dict[str, Maker], kind: str) -> Callable[[Maker], Maker]:
    """Register the function that makes the calls of a type."""

    def register(make: Maker) -> Maker:
        makers[kind] = make
        return make

    return register


def text(value: Any) -> str:  # noqa: ANN401  # JSON
    """A document as services take it: text that is JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def renamed(node: Any, names: dict[str, str]) -> Any:  # noqa: ANN401  # JSON
    """A document with other names at every depth."""
    if isinstance(node, dict):
        return {names.get(name, name): renamed(value, names) for name, value in node.items()}
    return [renamed(one, names) for one in node] if isinstance(node, list) else node


def lowered(node: Any) -> Any:  # noqa: ANN401  # JSON
    """A document whose names begin with a small letter."""
    if isinstance(node, dict):
        return {name[0].lower() + name[1:]: lowered(value) for name, value in node.items()}
    return [lowered(one) for one in node] if isinstance(node, list) else node
