"""IAM denies any one action of the functions' roles.

Injected: Each kind of call that the three functions make is denied for good, one at a time: it is
never carried out, and answered in the service's own words, which repeat the object's key. The
denial lasts until the queue has given the messages up.
Asserted: The log, or the error that the function ends with, names the IAM action and the kind of
resource, and no key. Once the action is allowed, redriving, the next night and a re-run of what
had failed for good bring every file to the result that it would have had, each record once.
The list of calls is complete: it is compared with the calls that are made and with the actions
that the roles grant.
"""

from __future__ import annotations

import json

import pytest

from common.paths import ROOT
from tests.account.account import Account
from tests.account.calls import CALLS
from tests.account.denials import Call, granted
from tests.account.stories import STORIES
from tests.account.world import CANARY, World, world_of
from tests.nights import Nights

pytestmark = pytest.mark.once

# What Lambda itself does under a function's role, and KMS, which is row 27.
BY_LAMBDA = {
    "summarize": {"sqs:GetQueueAttributes", "sqs:ReceiveMessage"},
    "nightly": set(),
    "operate": set(),
}
NOT_CALLED = ("kms:", "logs:", "xray:")


@pytest.fixture
def world(account: Account, nights: Nights, monkeypatch: pytest.MonkeyPatch) -> World:
    return world_of(account, nights, monkeypatch)


@pytest.mark.sampled(one_in=5)
@pytest.mark.parametrize(("call", "story"), CALLS.items(), ids=[" ".join(call) for call in CALLS])
def test_26_a_denied_action_is_named_and_leaves_nothing_that_cannot_be_mended(
    world: World, call: Call, story: str
) -> None:
    steps = STORIES[story](world)
    next(steps)
    world.watch.deny(call)
    next(steps, None)

    assert world.watch.times
    failed = [row["error_message"] for row in world.account.rows("failures")]
    said = "\n".join([world.account.logs, *world.told, *failed])
    assert f"{call.action} on {call.resource} is denied" in said
    assert CANARY not in said

    world.told.clear()
    world.mend()

    assert world.told == []
    world.assert_whole()


@pytest.mark.parametrize("story", STORIES)
def test_26_nothing_is_denied_and_the_story_ends_well(world: World, story: str) -> None:
    list(STORIES[story](world))
    world.mend()

    assert world.told == []
    world.assert_whole()
    unknown = world.watch.seen - CALLS.keys()
    assert unknown == set()


def test_26_every_call_that_is_listed_belongs_to_its_story_and_every_grant_is_denied() -> None:
    for function, by_lambda in BY_LAMBDA.items():
        path = ROOT / f"chalice_app/.chalice/policy-{function}.json"
        grants = {
            action
            for action in granted(json.loads(path.read_text(encoding="utf-8")))
            if not action.startswith(NOT_CALLED)
        }
        denied = {call.action for call in CALLS if call.function == function}
        assert denied <= grants
        assert grants - denied <= by_lambda
