"""The policies for analysts, evaluated by an engine: what they allow, deny, and nothing more."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.iam import simulator
from tests.iam.cases import CASES, SCORES, TEXT, Case
from tests.iam.documents import Analytics, Document

LIMIT = 6144  # characters of a managed policy, without white space
POLICIES = ("ScoresPolicy", "ReportTextPolicy")


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    stack = Analytics()
    return {"key": stack.key_policy} | {name: stack.policy(name) for name in POLICIES}


def test_every_case_is_asked_once() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert {case.request.policies for case in CASES} == {SCORES, TEXT}


def test_requests_are_answered_as_the_table_says(documents: dict[str, Document]) -> None:
    found = simulator.decisions(documents, [case.request for case in CASES])

    wrong = [
        f"{case.name}: {answer}"
        for case, answer in zip(CASES, found, strict=True)
        if (answer == simulator.ALLOWED) is not case.allowed
    ]
    assert wrong == []


@dataclass(frozen=True)
class Mutant:
    """A policy with one thing wrong, and the actions whose answers that may change."""

    policy: str
    what: str
    actions: frozenset[str]
    document: Document

    @property
    def name(self) -> str:
        return f"{self.policy}: {self.what}"

    def asked(self, case: Case) -> simulator.Request:
        """The case's request by a user who has this policy instead of the right one."""
        policies = [self.name if one == self.policy else one for one in case.request.policies]
        return dataclasses.replace(case.request, policies=policies)


def mutants(policy: str, document: Document) -> Iterator[Mutant]:
    """The policy with a part left out or a bound removed, in every place."""
    for number, one in enumerate(document["Statement"]):
        sid, condition = one["Sid"], one.get("Condition", {})
        actions = frozenset(listed(one["Action"]))
        changes: dict[str, Document | None] = {f"{sid} left out": None}
        if one["Resource"] != "*":
            changes[f"{sid} on everything"] = {"Resource": "*"}
        for part in ("Action", "Resource"):
            for value, rest in without_each(one[part]):
                changes[f"{sid} without {value}"] = {part: rest}
        for operator, keys in condition.items():
            rest_of = {name: other for name, other in condition.items() if name != operator}
            changes[f"{sid} without {operator}"] = {"Condition": rest_of}
            for key, values in keys.items():
                for value, rest in without_each(values):
                    fewer = condition | {operator: keys | {key: rest}}
                    changes[f"{sid} without {value}"] = {"Condition": fewer}
        for what, change in changes.items():
            found = copy.deepcopy(document)
            if change is None:
                del found["Statement"][number]
            else:
                found["Statement"][number] |= change
            yield Mutant(policy, what, actions, found)


def listed(values: str | list[str]) -> list[str]:
    return [values] if isinstance(values, str) else values


def without_each(values: str | list[str]) -> list[tuple[str, list[str]]]:
    """Each of several values with the others."""
    several = listed(values)
    return [(one, [other for other in several if other != one]) for one in several if several[1:]]


def test_every_part_of_the_policies_is_needed_and_bounded(documents: dict[str, Document]) -> None:
    made = [one for name in POLICIES for one in mutants(name, documents[name])]
    asked = [
        (mutant, case)
        for mutant in made
        for case in CASES
        if mutant.policy in case.request.policies and case.request.action in mutant.actions
    ]

    found = simulator.decisions(
        documents | {mutant.name: mutant.document for mutant in made},
        [mutant.asked(case) for mutant, case in asked],
    )

    noticed = {
        mutant.name
        for (mutant, case), answer in zip(asked, found, strict=True)
        if (answer == simulator.ALLOWED) is not case.allowed
    }
    assert len(made) > 80
    assert {mutant.name for mutant in made} - noticed == set()


def test_the_policies_fit_with_the_longest_names() -> None:
    stack = Analytics({"DatabaseName": "d" * 121, "ResultsBucket": "b" * 63})

    for name in POLICIES:
        assert len(json.dumps(stack.policy(name), separators=(",", ":"))) < LIMIT


@pytest.mark.parametrize("role", ["QuickSightRole", "CuratedRole"])
def test_roles_write_results_in_one_workgroup_only(role: str) -> None:
    stack = Analytics()
    own, other = ("text", "scores") if role == "QuickSightRole" else ("scores", "text")
    bucket = f"arn:aws:s3:::{stack.results_bucket}"
    through = {"aws:CalledVia": ["athena.amazonaws.com"]}
    wanted = {
        ("s3:PutObject", f"athena/{own}/x"): True,
        ("s3:PutObject", f"athena/{other}/x"): False,
        ("s3:GetObject", "lake/rouge_scores/x"): True,
        ("s3:GetObject", "lake/impressions/x"): role == "QuickSightRole",
        ("s3:PutObject", "lake/rouge_scores/x"): False,
        ("s3:PutObject", "curated/rouge_scores/x"): role == "CuratedRole",
        ("s3:DeleteObject", "curated/rouge_scores/x"): role == "CuratedRole",
    }
    requests = [
        simulator.Request([role], action, f"{bucket}/{key}", through) for action, key in wanted
    ]

    found = simulator.decisions({role: stack.policy(role)}, requests)

    assert [answer == simulator.ALLOWED for answer in found] == list(wanted.values())
