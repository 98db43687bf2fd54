"""The model or prompt changes during a run.

Injected: A new model version and prompt between two chunks of a file, between a night and its
completion, and before a re-run.
Asserted: Every row and entry names the version that made it. A re-run replaces all rows by those of
the current model, and is paid for once per token.
"""

from __future__ import annotations

from collections import Counter

from chalicelib.drafting.prompts import prompt_sha256
from tests.account.account import Account
from tests.account.settings import PROMPT_HEAD
from tests.nights import Nights, reports
from tests.operators import operate_on

KEY = "incoming/ward/a.jsonl"


def test_35_chunks_before_and_after_the_change_name_their_own(account: Account) -> None:
    account.configure({"CHUNK_RECORDS": "2"})
    account.drop(KEY, reports(4))
    messages = account._receive()
    account.invoke({"Records": [account._sqs_record(one) for one in messages]})
    first, *rest = account._receive()
    account.invoke({"Records": [account._sqs_record(first)]})

    account.configure({"FINE_TUNED_MODEL_VERSION": "2", "FINE_TUNED_PROMPT": "Say: {findings}"})
    account.invoke({"Records": [account._sqs_record(one) for one in rest]})

    rows = account.rows("impressions")
    found = Counter((row["model_version"], row["prompt_sha256"]) for row in rows)
    assert found == {
        ("1", prompt_sha256(PROMPT_HEAD + "{findings}")): 2,
        ("2", prompt_sha256("Say: {findings}")): 2,
    }


def test_35_what_a_batch_drafted_names_the_model_of_the_batch(
    account: Account, nights: Nights
) -> None:
    account.put("nightly/ward/a.jsonl", reports(4))
    nights.run()
    account.configure({"FINE_TUNED_MODEL_VERSION": "2"})

    # One line is lost: the live model of now drafts that record.
    nights.finish(lambda lines: lines[1:])

    versions = [row["model_version"] for row in account.rows("impressions")]
    assert versions == ["2", "1", "1", "1"]
    models = [one["model"] for one in account.entries("nightly/ward/a.jsonl")]
    assert [name.rpartition("@")[2] for name in models] == versions


def test_35_a_re_run_replaces_the_rows_by_those_of_the_current_model(account: Account) -> None:
    account.configure({"CHUNK_RECORDS": "2"})
    account.finish(KEY, reports(5))
    account.configure({"FINE_TUNED_MODEL_VERSION": "2", "CHUNK_RECORDS": "3"})

    told = operate_on("rerun", key=KEY, token="after-2")
    account.drain()
    again = operate_on("rerun", key=KEY, token="after-2")
    account.drain()

    assert told == again == {"rerun": 1, "token": "after-2"}
    versions = [row["model_version"] for row in account.rows("impressions")]
    assert versions == ["2"] * 5
    assert len(account.rows("files")) == 1
    # The same token is the same re-run: paid for once.
    assert len(account.model.prompts) == 10
