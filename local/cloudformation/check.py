"""All checks of the templates, over all scenarios."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from local.cloudformation import (
    calls,
    deletion,
    grants,
    limits,
    order,
    schemas,
    shapes,
    shares,
    updates,
)
from local.cloudformation.evaluate import Resource, Stack, Template
from local.cloudformation.scenarios import Scenario, scenarios


def findings(root: Template, analytics: Template) -> list[str]:
    """What would fail, or go wrong unseen, in a deployment of these templates.

    Each line names the template, the resource, what is wrong, and the first parameters with which
    it is wrong.

    Args:
        root: the translated template: plain CloudFormation.
        analytics: the template of its nested stack.

    Raises:
        PackageError: a template cannot be evaluated, or has what the checks do not know yet.
    """
    found: dict[str, str] = {}
    for name, template in (("template.yaml", root), ("analytics/template.json", analytics)):
        for line in limits.of_template(template, len(json.dumps(template, indent=1).encode())):
            found[f"{name}: {line}"] = ""
    seen: set[tuple[str, str]] = set()
    first: Scenario | None = None
    for scenario in scenarios(root, analytics):
        first = first or scenario
        for line in _of_scenario(scenario, first, seen):
            found.setdefault(line, f" (with {scenario.name})")
    return [line + when for line, when in found.items()]


def read(package: Path, analytics: Path) -> tuple[Template, Template]:
    """The translated template of a package, and the nested stack's."""
    root: Template = json.loads((package / "template.json").read_bytes())
    nested: Template = json.loads(analytics.read_bytes())
    return root, nested


def _of_scenario(scenario: Scenario, first: Scenario, seen: set[tuple[str, str]]) -> Iterator[str]:
    for (name, stack), (_, before) in zip(scenario.stacks, first.stacks, strict=True):
        for check in (order, grants, shares, deletion, limits):
            yield from (f"{name}: {line}" for line in check.findings(stack))
        yield from (f"{name}: {line}" for line in updates.findings(before, stack))
        for one in stack.resources.values():
            # Most scenarios leave most resources as they are.
            key = one.logical_id, json.dumps(one.properties, sort_keys=True)
            if key not in seen:
                seen.add(key)
                yield from (f"{name}: {line}" for line in of_resource(one, stack))


def of_resource(one: Resource, stack: Stack) -> Iterator[str]:
    """What the schema and the service's model say against a resource."""
    for line in schemas.findings(one.kind, one.properties, stack.place.region):
        yield f"{one.logical_id}: {line} (schema)"
    for call in calls.calls(one, stack):
        for line in shapes.findings(call.service, call.operation, call.parameters):
            yield f"{one.logical_id}: {call.service} {line}"
