"""A record that would exhaust the process.

Injected: A reference without end, and the longest texts that are still scored.
Asserted: The endless record fails by name and its neighbours are drafted; the longest texts are
scored in bounded time.
"""

from __future__ import annotations

import time

import pytest

from chalicelib.output import baselines, scoring
from tests.account.account import Account
from tests.account.model import draft_for
from tests.account.settings import SETTINGS
from tests.account.texts import json_lines

KEY = "evaluation/dev/a.json"
LIMIT = int(SETTINGS["MAX_FINDINGS_CHARACTERS"])
GOOD = {"report_id": "good", "findings": "Clear.", "impression": "Normal."}


def test_42_a_reference_without_end_fails_by_name(account: Account) -> None:
    endless = {"report_id": "endless", "findings": "Clear.", "impression": "word " * LIMIT}

    account.finish(KEY, json_lines(endless, GOOD))

    row = account.only_failure()
    assert (row["report_id"], row["record_index"]) == ("endless", 0)
    assert row["error_message"] == (
        f"record 0: impression: is longer than {LIMIT} characters; shorten it"
    )
    drafts = {one["report_id"]: one["impression"] for one in account.entries(KEY)}
    assert drafts == {"endless": None, "good": draft_for("Clear.")}


@pytest.mark.parametrize("word", ["word ", "a "])
def test_42_the_longest_texts_that_are_scored_take_bounded_time(word: str) -> None:
    longest = (word * LIMIT)[:LIMIT]
    draft, _ = baselines.lead_sentence(longest)
    began = time.process_time()

    scores = scoring.score(longest, draft)

    # Hundreds of times what a report takes, and far below an invocation's time.
    assert time.process_time() - began < 60
    assert scores[0].precision == 1.0
