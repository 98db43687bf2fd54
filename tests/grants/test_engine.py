"""The engine that the grants are proven with decides as the local AWS's does."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from common.environments import ensure
from tests.account.settings import REGION
from tests.grants.engine import Need, Statement, allows
from tests.grants.needs import made_by_lambda
from tests.grants.outside import OUTSIDE
from tests.grants.roles import (
    ACCOUNT,
    FUNCTIONS,
    grants,
    names_of_test_account,
    role,
    transform_role,
    without,
)

NAMES = names_of_test_account()
KEY = "arn:aws:s3:::bucket/work/x"
MINISTACK = f"""
import json, sys
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document
for line in sys.stdin:
    statements, needs = json.loads(line)
    policies = [parse_policy_document({{"Statement": statements}})]
    answers = []
    for action, resource, context in needs:
        keys = {{name.lower(): value for name, value in context}}
        request = EvalContext(
            "arn:aws:sts::{ACCOUNT}:assumed-role/r/s", "AssumedRole", "{ACCOUNT}",
            action, resource, "{REGION}", service_context=keys)
        answers.append(evaluate(request, policies).decision == "Allow")
    print(json.dumps(answers))
"""
CONTEXTS = [
    (),
    (("lambda:SourceFunctionArn", "arn:aws:lambda:us-east-1:123456789012:function:f"),),
    (("kms:GrantIsForAWSResource", "true"),),
    (("kms:GrantIsForAWSResource", "false"),),
    (("s3:prefix", "work/nightly/x/in/"),),
    (("s3:prefix", "results/"),),
]


def policies() -> Iterator[tuple[list[Statement], list[Need]]]:
    """Every role, whole and without any one grant, with requests near what it allows."""
    roles = {function: role(function, NAMES) for function in FUNCTIONS}
    for name, statements in (roles | {"transform": transform_role(NAMES)}).items():
        own = list(grants(name, statements))
        near = {
            Need(grant.action, grant.resource.replace("*", text), context)
            for grant in own
            for text in ("x", "x/y", "")
            for context in CONTEXTS
        }
        if name in OUTSIDE:
            near |= {*OUTSIDE[name], *made_by_lambda(name)}
        needs = sorted(near)
        yield statements, needs
        for grant in own:
            yield without(statements, grant), needs


def test_it_decides_as_ministack_does() -> None:
    asked = list(policies())
    lines = "".join(json.dumps([statements, needs]) + "\n" for statements, needs in asked)

    done = subprocess.run(
        [str(ensure("ministack")), "-c", MINISTACK],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )

    theirs = [json.loads(line) for line in done.stdout.splitlines()]
    ours = [[allows(statements, need) for need in needs] for statements, needs in asked]
    assert sum(map(len, ours)) > 10_000
    assert ours == theirs


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({}, True),
        ({"Action": "S3:getobject"}, True),
        ({"Action": ["s3:PutObject", "s3:Get*"]}, True),
        ({"Action": "s3:GetObjectVersion"}, False),
        ({"Resource": "arn:aws:s3:::bucket/Work/*"}, False),
        ({"Resource": "arn:aws:s3:::bucket/work/?"}, True),
        ({"Resource": "arn:aws:s3:::bucket/work"}, False),
        ({"Effect": "Deny"}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        ({"Condition": {"Null": {"aws:SecureTransport": "true"}}}, True),
    ],
)
def test_a_statement_allows_what_it_names(change: dict[str, Any], allowed: bool) -> None:  # noqa: FBT001  # a parameter
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{KEY[:-1]}*"} | change

    assert allows([statement], Need("s3:GetObject", KEY)) is allowed


def test_a_deny_wins() -> None:
    one = {"Action": "s3:*", "Resource": "*"}
    both = [{"Effect": "Allow", **one}, {"Effect": "Deny", **one}]

    assert not allows(both, Need("s3:GetObject", KEY))
    assert not allows(both[::-1], Need("s3:GetObject", KEY))


@pytest.mark.parametrize("more", [{"NotAction": "s3:*"}, {"Condition": {"IpAddress": {"k": "v"}}}])
def test_what_the_engine_does_not_know_is_an_error(more: dict[str, Any]) -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"} | more

    with pytest.raises(NotImplementedError):
        allows([statement], Need("s3:GetObject", KEY))
