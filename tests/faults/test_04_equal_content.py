"""Two files under different keys have equal content.

Injected: The same bytes under two keys, in turn or in one batch, in one lane or in two; small
files and files in chunks.
Asserted: There are two results, each under its own key, with rows of their own, and the model
drafts both.
"""

from __future__ import annotations

import pytest

from tests.account.account import Account
from tests.account.model import draft_for
from tests.account.texts import json_lines

FIRST = "incoming/ward/a.json"


@pytest.mark.parametrize("other", ["incoming/ward/b.json", "evaluation/ward/a.json"])
@pytest.mark.parametrize("chunk_records", ["50", "1"], ids=["small", "in chunks"])
@pytest.mark.parametrize("at_once", [False, True], ids=["in turn", "in one batch"])
def test_04_each_key_has_its_own_result(
    account: Account, *, other: str, chunk_records: str, at_once: bool
) -> None:
    account.configure({"CHUNK_RECORDS": chunk_records})
    data = json_lines({"report_id": "r", "findings": "A."}, {"report_id": "s", "findings": "B."})

    for key in (FIRST, other):
        account.drop(key, data)
        if not at_once:
            account.drain()
    account.drain()

    assert account.given_back == []
    for key in (FIRST, other):
        drafts = [entry["impression"] for entry in account.entries(key)]
        assert drafts == [draft_for("A."), draft_for("B.")]
        assert account.result(key)["source"]["key"] == key
        own = [row for row in account.rows("impressions") if row["source_key"] == key]
        assert [row["findings"] for row in own] == ["A.", "B."]
    assert len({row["run_id"] for row in account.rows("impressions")}) == 2
    assert len(account.rows("files")) == 2
    assert len(account.model.prompts) == 4
