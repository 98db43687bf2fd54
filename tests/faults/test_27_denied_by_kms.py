"""KMS denies the use of the data key.

Injected: For each kind of call that reads or writes encrypted data, the service answers that the
key may not be used, as S3, SQS and DynamoDB each say it; the same with the key disabled; and the
key refused to all of them at once. It lasts until the queue has given the messages up.
Asserted: The log, or the error that the function ends with, names the action on the key and the
call and kind of resource that needed it, and no object key. Once the key may be used, redriving,
the next night and a re-run of what had failed for good bring every file to the result that it
would have had, each record once.
"""

from __future__ import annotations

import pytest

from tests.account.account import Account
from tests.account.calls import CALLS
from tests.account.denials import Call, How
from tests.account.stories import STORIES
from tests.account.world import CANARY, World, world_of
from tests.nights import Nights

pytestmark = pytest.mark.once

KEY_ACTIONS = {
    "s3:GetObject": "kms:Decrypt",
    "s3:GetObjectVersion": "kms:Decrypt",
    "s3:PutObject": "kms:GenerateDataKey",
    # These two services do not say which action they lacked.
    "sqs:ReceiveMessage": "kms:Decrypt or kms:GenerateDataKey",
    "sqs:SendMessage": "kms:Decrypt or kms:GenerateDataKey",
    "dynamodb:": "kms:Decrypt or kms:GenerateDataKey",
}
# These objects are only described, which needs no key.
DESCRIBED = {
    Call("summarize", "s3:GetObject", "incoming/ in the landing bucket"),
    Call("nightly", "s3:GetObject", "incoming/ in the landing bucket"),
    Call("nightly", "s3:GetObject", "nightly/ in the landing bucket"),
    Call("nightly", "s3:GetObject", "results/ in the results bucket"),
    Call("operate", "s3:GetObject", "incoming/ in the landing bucket"),
    Call("operate", "s3:GetObject", "nightly/ in the landing bucket"),
}
# Row 26 denies this one where the object is described, row 27 where it is read.
READ = {Call("summarize", "s3:GetObject", "results/ in the results bucket"): "unfinished"}
ENCRYPTED = {
    call: READ.get(call, story)
    for call, story in CALLS.items()
    if call.action.startswith(tuple(KEY_ACTIONS)) and call not in DESCRIBED
}
DISABLED = {
    call: story
    for call, story in ENCRYPTED.items()
    if call.function == "summarize" and not call.action.startswith("dynamodb:")
}


@pytest.fixture
def world(account: Account, nights: Nights, monkeypatch: pytest.MonkeyPatch) -> World:
    return world_of(account, nights, monkeypatch)


def said(world: World) -> str:
    failed = [row["error_message"] for row in world.account.rows("failures")]
    return "\n".join([world.account.logs, *world.told, *failed])


def told_of(world: World, call: Call, story: str, how: How) -> str:
    """What is said when a key is refused to a call: which call it was, and nothing of a report."""
    steps = STORIES[story](world)
    next(steps)
    world.watch.deny(call, how=how)
    next(steps, None)

    assert world.watch.times
    told = said(world)
    assert f", for {call.action} on {call.resource};" in told
    assert CANARY not in told
    return told


def assert_mended(world: World) -> None:
    world.told.clear()
    world.mend()
    assert world.told == []
    world.assert_whole()


def key_action(call: Call) -> str:
    return next(key for start, key in KEY_ACTIONS.items() if call.action.startswith(start))


@pytest.mark.sampled(one_in=5)
@pytest.mark.parametrize(
    ("call", "story"), ENCRYPTED.items(), ids=[" ".join(call) for call in ENCRYPTED]
)
def test_27_a_denied_key_is_named_with_the_call_that_needed_it(
    world: World, call: Call, story: str
) -> None:
    told = told_of(world, call, story, "kms")
    assert f"{key_action(call)} on the data key is denied" in told
    assert_mended(world)


@pytest.mark.sampled(one_in=5)
@pytest.mark.parametrize(
    ("call", "story"), DISABLED.items(), ids=[" ".join(call) for call in DISABLED]
)
def test_27_a_disabled_key_is_named_too(world: World, call: Call, story: str) -> None:
    told = told_of(world, call, story, "kms disabled")
    assert "on the data key failed with KMS.DisabledException" in told
    assert_mended(world)


@pytest.mark.sampled(one_in=5)
@pytest.mark.parametrize("story", STORIES)
def test_27_a_key_that_is_denied_to_everything_leaves_nothing_that_cannot_be_mended(
    world: World, story: str
) -> None:
    steps = STORIES[story](world)
    next(steps)
    world.watch.deny(*ENCRYPTED, how="kms")
    next(steps, None)

    assert world.watch.times
    assert "on the data key is denied" in said(world)
    assert_mended(world)
