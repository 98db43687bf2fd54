"""Lambda's time-out ends an invocation in the middle of a batch of messages.

Injected: The function is killed while it works on the third of five chunks, before the model is
called or after it has drafted; or the invocation's time runs out between two chunks.
Asserted: Chunks that were finished are not paid for again, a chunk that was interrupted is paid
for at most once more, and the file is complete in the end. A chunk that could not be finished in
the time left goes back to the queue before the model is called.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.account.account import Account
from tests.account.deliveries import deliver_and_die, deliver_once, kill_before
from tests.account.faults import body_of, expire_claims
from tests.account.landed import Context
from tests.account.model import draft_for
from tests.account.settings import PROMPT_HEAD, SETTINGS
from tests.account.texts import json_lines

KEY = "incoming/ward/a.json"
FINDINGS = [f"Findings {number}." for number in range(5)]


def cut(account: Account) -> None:
    """Land a file whose five chunks are in the queue."""
    account.configure({"CHUNK_RECORDS": "1", "MICRO_BATCH_RECORDS": "1"})
    account.drop(KEY, json_lines(*({"findings": text} for text in FINDINGS)))
    deliver_once(account)
    assert account.waiting() == 5


def paid(account: Account) -> dict[str, int]:
    return {text: Counter(account.model.prompts)[PROMPT_HEAD + text] for text in FINDINGS}


def assert_complete(account: Account) -> None:
    assert account.given_back == []
    assert account.result(KEY)["counts"] == {"records": 5, "ok": 5, "failed": 0}
    drafts = [entry["impression"] for entry in account.entries(KEY)]
    assert drafts == [draft_for(text) for text in FINDINGS]
    assert len(account.rows("impressions")) == 5
    assert account.rows("failures") == []


@pytest.mark.parametrize("when", ["before the model", "after the model"])
def test_22_only_the_interrupted_chunk_is_paid_again(account: Account, when: str) -> None:
    cut(account)
    if when == "before the model":
        kill_before(account, "sagemaker_runtime", "InvokeEndpoint", 3)
    else:
        table = SETTINGS["PROGRESS_TABLE"].encode()
        kill_before(account, "dynamodb", "UpdateItem", 3, lambda request: table in body_of(request))
    deliver_and_die(account)
    drafted = 2 if when == "before the model" else 5
    assert len(account.model.prompts) == drafted

    # The invocation's claims outlive it; what was finished is found done at once.
    account.redeliver()
    account.drain()
    assert len(account.given_back) == (3 if when == "before the model" else 1)
    expire_claims(account)
    account.redeliver()
    account.drain()

    assert_complete(account)
    twice = [text for text, times in paid(account).items() if times == 2]
    assert len(twice) == (0 if when == "before the model" else 1)
    assert len(account.model.prompts) == 5 + len(twice)


def test_22_a_chunk_for_which_no_time_is_left_waits_unpaid(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(account)
    with monkeypatch.context() as clock:
        # Every draft takes five minutes of the fifteen.
        clock.setattr(
            Context,
            "get_remaining_time_in_millis",
            lambda _: 900_000 - 300_000 * len(account.model.prompts),
        )
        deliver_once(account)

    assert len(account.model.prompts) == 3
    assert account.waiting() == 2

    account.redeliver()
    account.drain()

    assert_complete(account)
    assert set(paid(account).values()) == {1}
