"""A transform job fails, or its output is incomplete or disordered.

Injected: A job that fails, is stopped or ends unnoticed; output with lines missing, doubled,
reversed, truncated, blank or of other files.
Asserted: Drafts are joined by the id of file and record index. The endpoint drafts what is missing,
or it fails by name; after a failed job the next night takes the files.
"""

from __future__ import annotations

import pytest

from tests.account.account import Account
from tests.account.model import draft_for
from tests.nights import Change, Nights, reports

KEY = "nightly/ward/a.jsonl"
GARBLED = "{'id': '', 'generated_texts': ["


def drafts(account: Account) -> list[str | None]:
    return [one["impression"] for one in account.entries(KEY)]


EXPECTED = [draft_for(f"Findings {n}.") for n in range(6)]


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        (list, 0),
        (lambda lines: lines[::-1], 0),
        (lambda lines: lines + lines, 0),
        (lambda lines: lines[:4], 2),
        (lambda lines: [], 6),
        (lambda lines: [GARBLED, *lines[1:]], 1),
        (lambda lines: [lines[0].replace("Draft", "\\x"), *lines[1:]], 1),
        (lambda lines: [lines[0][: lines[0].index("[")] + "['  ']}", *lines[1:]], 1),
        (lambda lines: [line.replace("'", '"') for line in lines], 0),
        (lambda lines: ["{'id': 'someone:0', 'generated_texts': ['else']}", *lines], 0),
    ],
    ids=[
        *("whole", "reversed", "twice", "fewer", "none", "cut", "not Python", "blank", "JSON"),
        "of nobody",
    ],
)
def test_37_drafts_are_joined_on_their_id_and_the_missing_are_asked_of_the_endpoint(
    account: Account, nights: Nights, change: Change, asked: int
) -> None:
    account.put(KEY, reports(6))
    nights.run()

    nights.finish(change)

    assert drafts(account) == EXPECTED
    assert len(account.model.prompts) == asked
    assert account.rows("failures") == []
    assert len(account.rows("impressions")) == 6


def test_37_a_missing_line_that_the_endpoint_refuses_fails_by_name(
    account: Account, nights: Nights
) -> None:
    account.trouble_endpoint(lambda *_: (424, "ModelError"))
    account.put(KEY, reports(6))
    nights.run()

    nights.finish(lambda lines: lines[1:])

    assert drafts(account) == [None, *EXPECTED[1:]]
    failure = account.only_failure()
    assert (failure["record_index"], failure["error_type"]) == (0, "EndpointRejected")


def test_37_a_missing_line_fails_by_name_when_no_endpoint_comes_back(
    account: Account, nights: Nights
) -> None:
    account.trouble_endpoint(lambda *_: (400, "ValidationError"))
    account.put(KEY, reports(6))
    nights.run()

    nights.finish(lambda lines: lines[1:])
    for _ in range(2):
        account.redeliver()
        account.drain()

    assert drafts(account) == [None, *EXPECTED[1:]]
    assert account.only_failure()["error_type"] == "ModelDown"


def test_37_records_that_cannot_be_used_are_not_sent_and_fail_by_name(
    account: Account, nights: Nights
) -> None:
    account.put(KEY, b'{"findings": "Findings 0."}\n{"findings": ""}\nnull\n{"findings": "Clear."}')
    told = nights.run()

    nights.finish()

    assert told.records == 2
    assert drafts(account) == [EXPECTED[0], None, None, draft_for("Clear.")]
    assert [row["record_index"] for row in account.rows("failures")] == [1, 2]
    assert account.model.prompts == []


@pytest.mark.parametrize("status", ["Failed", "Stopped"])
def test_37_a_job_that_comes_to_nothing_gives_its_files_to_the_next_night(
    account: Account, nights: Nights, status: str
) -> None:
    account.put(KEY, reports(6))
    nights.run()
    first = nights.only_job
    nights.sagemaker.end(first, status)

    nights.tell(first)

    assert '"NightlyFailed":[1.0]' in account.logs
    assert not [key for key in account.list_keys() if key.startswith("results/")]

    nights.now += 86_400
    told = nights.run()
    assert told.job is not None
    assert told.job != first
    nights.sagemaker.complete(told.job)
    nights.tell(told.job)

    assert drafts(account) == EXPECTED
    assert account.model.prompts == []


@pytest.mark.parametrize("status", ["Completed", "Failed"])
def test_37_the_next_night_sees_an_end_that_no_event_told(
    account: Account, nights: Nights, status: str
) -> None:
    account.put(KEY, reports(6))
    nights.run()
    first = nights.only_job
    if status == "Completed":
        nights.sagemaker.complete(first)
    else:
        nights.sagemaker.end(first, status)

    nights.now += 86_400
    nights.run()
    account.drain()

    jobs = list(nights.sagemaker.jobs)
    assert len(jobs) == (1 if status == "Completed" else 2)
    if status == "Completed":
        assert drafts(account) == EXPECTED
