"""Least privilege, proven: the deployed roles suffice for every story, and hold nothing unused."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ClassVar

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import UnexpectedError
from tests.account.model import Runtime
from tests.account.settings import REGION
from tests.grants import scenarios
from tests.grants.deployment import Deployment, deployment
from tests.grants.engine import Need, allows
from tests.grants.needs import made_by_lambda
from tests.grants.outside import LANDING_ARN, NIGHT, OUTSIDE, RESULTS_ARN
from tests.grants.roles import (
    ACCOUNT,
    DATA_KEY,
    FUNCTIONS,
    STACK,
    denied_without,
    grants,
    names_of_test_account,
    role,
    transform_role,
    without,
)
from tests.grants.scenarios import SCENARIOS

# One worker tells all stories once.
pytestmark = pytest.mark.xdist_group("grants")

NAMES = names_of_test_account()
ROLES = {function: role(function, NAMES) for function in FUNCTIONS}
# Some grants, each taken away for real in a story that then must not succeed.
TAKEN_AWAY = [
    ("summarize", "s3:GetObjectVersion", f"{LANDING_ARN}/incoming/*", scenarios.small_files),
    ("summarize", "s3:GetObject", f"{LANDING_ARN}/nightly/*", scenarios.small_files),
    ("summarize", "dynamodb:UpdateItem", NAMES.arns["ProgressTable"], scenarios.large_file),
    ("summarize", "s3:ListBucket", LANDING_ARN, scenarios.gone_before_it_is_read),
    ("summarize", "dynamodb:UpdateItem", NAMES.arns["IdempotencyTable"], scenarios.a_model_is_away),
    ("nightly", "s3:GetObjectVersion", f"{LANDING_ARN}/nightly/*", scenarios.the_event_is_lost),
    ("nightly", "kms:GenerateDataKey", DATA_KEY, scenarios.live_mode),
    ("operate", "s3:ListBucket", RESULTS_ARN, scenarios.operators),
]


@functools.cache
def _told(runtime: Runtime, story: Callable[[Deployment], None]) -> dict[str, set[Need]]:
    with deployment(runtime, ROLES) as at:
        story(at)
        assert at.guard.denials == []
        return at.guard.needs


def _needs(runtime: Runtime, function: str) -> set[Need]:
    """All that a function must be allowed: its own calls in all stories, and Lambda's."""
    told = [_told(runtime, story).get(function, set()) for story in SCENARIOS]
    return made_by_lambda(function).union(*told)


@pytest.mark.parametrize("story", SCENARIOS, ids=lambda story: story.__name__)
def test_the_deployed_roles_suffice(runtime: Runtime, story: Callable[[Deployment], None]) -> None:
    assert _told(runtime, story)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_deployed_roles_suffice_for_what_lambda_does(function: str) -> None:
    denied = {need for need in made_by_lambda(function) if not allows(ROLES[function], need)}

    assert denied == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_without_any_one_grant_a_call_is_denied(runtime: Runtime, function: str) -> None:
    needs, own = _needs(runtime, function), ROLES[function]

    unused = [str(one) for one in grants(function, own) if not denied_without(own, one, needs)]

    assert unused == [], "nothing needs these: remove them from the policy"


def test_every_grant_is_tried(runtime: Runtime) -> None:
    tried = sum(1 for function in FUNCTIONS for _ in grants(function, ROLES[function]))
    needs = sum(len(_needs(runtime, function)) for function in FUNCTIONS)

    print(f"{tried} grants taken away in turn, {needs} different needs")
    assert tried >= 85  # a floor, so that the loop cannot become empty unnoticed
    assert needs >= 150


@pytest.mark.parametrize(("function", "action", "resource", "story"), TAKEN_AWAY)
def test_without_its_grant_a_story_fails(
    runtime: Runtime,
    function: str,
    action: str,
    resource: str,
    story: Callable[[Deployment], None],
) -> None:
    (grant,) = [
        one
        for one in grants(function, ROLES[function])
        if (one.action, one.resource) == (action, resource)
    ]
    roles = ROLES | {function: without(ROLES[function], grant)}

    with deployment(runtime, roles) as at:
        with pytest.raises((AssertionError, BotoCoreError, ClientError, UnexpectedError)):
            story(at)

        assert action in {denial.need.action for denial in at.guard.denials}


@pytest.mark.parametrize(
    ("function", "need"),
    [(function, need) for function, needs in OUTSIDE.items() for need in needs],
    ids=str,
)
def test_what_lies_outside_is_denied(function: str, need: Need) -> None:
    assert not allows(ROLES[function], need)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_outside_a_vpc_a_role_has_nothing_of_ec2(function: str) -> None:
    outside = role(function, names_of_test_account(in_vpc=False))

    assert not [grant for grant in grants(function, outside) if grant.action.startswith("ec2:")]
    assert any(grant.action.startswith("ec2:") for grant in grants(function, ROLES[function]))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_in_a_vpc_the_code_itself_may_not_use_ec2(function: str) -> None:
    # Lambda adds this key to what the code of a function calls, not to its own calls.
    own_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-{function}"
    by_code = (("lambda:SourceFunctionArn", own_arn),)

    for need in made_by_lambda(function):
        if need.action.startswith("ec2:"):
            assert allows(ROLES[function], need)
            assert not allows(ROLES[function], need._replace(context=by_code))


class TestTransformJobs:
    """The policy for the models' execution role, with which the job reads and writes."""

    ROLE = transform_role(NAMES)
    SHARDS = ("s3:prefix", "work/nightly/nightly-20261103-020500-abcdef-1/in/")
    NEEDS: ClassVar = {
        Need("s3:ListBucket", RESULTS_ARN, (SHARDS,)),
        Need("s3:GetObject", f"{NIGHT}/in/00000.jsonl"),
        Need("s3:PutObject", f"{NIGHT}/out/00000.jsonl.out"),
        # SageMaker developer guide, "CreateTransformJob API: execution role permissions".
        Need("s3:AbortMultipartUpload", f"{NIGHT}/out/00000.jsonl.out"),
        Need("kms:Decrypt", DATA_KEY),
        Need("kms:GenerateDataKey", DATA_KEY),
        # SageMaker makes grants for itself.
        Need("kms:CreateGrant", DATA_KEY, (("kms:GrantIsForAWSResource", "true"),)),
    }

    def test_the_role_suffices(self) -> None:
        assert {need for need in self.NEEDS if not allows(self.ROLE, need)} == set()

    def test_nothing_in_it_is_unused(self) -> None:
        own = list(grants("transform", self.ROLE))

        assert [str(one) for one in own if not denied_without(self.ROLE, one, self.NEEDS)] == []

    @pytest.mark.parametrize(
        "need",
        [
            Need("kms:CreateGrant", DATA_KEY),
            Need("s3:ListBucket", RESULTS_ARN),
            Need("s3:ListBucket", RESULTS_ARN, (("s3:prefix", "results/"),)),
            Need("s3:GetObject", f"{NIGHT}/units/00000.jsonl"),
            Need("s3:GetObject", f"{RESULTS_ARN}/results/x"),
            Need("s3:PutObject", f"{NIGHT}/in/00000.jsonl"),
            Need("s3:PutObject", f"{NIGHT}/batch.json"),
            Need("s3:PutObject", f"{RESULTS_ARN}/lake/x"),
        ],
        ids=str,
    )
    def test_what_lies_outside_is_denied(self, need: Need) -> None:
        assert not allows(self.ROLE, need)
