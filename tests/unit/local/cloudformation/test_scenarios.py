"""The scenarios turn every condition on and off."""

from __future__ import annotations

from typing import Any

from local.cloudformation import scenarios
from local.packaging import preflight


def test_every_condition_is_on_in_one_and_off_in_another(
    root: dict[str, Any], analytics: dict[str, Any]
) -> None:
    seen: dict[str, set[bool]] = {}
    for one in scenarios.scenarios(root, analytics):
        for place, stack in one.stacks:
            for name, value in stack.conditions.items():
                seen.setdefault(f"{place} {name}", set()).add(value)

    assert len(seen) > 12
    assert [name for name, values in seen.items() if values != {True, False}] == []


def test_every_resource_of_the_templates_is_in_one(
    root: dict[str, Any], analytics: dict[str, Any]
) -> None:
    seen = {
        (place, name)
        for one in scenarios.scenarios(root, analytics)
        for place, stack in one.stacks
        for name in stack.resources
    }

    assert {name for place, name in seen if place == "template.yaml"} == set(root["Resources"])
    nested = {name for place, name in seen if place == "analytics/template.json"}
    assert nested == set(analytics["Resources"])


def test_the_stack_name_is_the_longest_that_can_be_deployed(root: dict[str, Any]) -> None:
    template = root | {"Globals": {"Function": {"Environment": {"Variables": {}}}}}
    longest = scenarios.LONGEST.stack

    assert preflight.findings(template, longest, {}) == []
    assert preflight.findings(template, f"{longest}r", {}) != []
