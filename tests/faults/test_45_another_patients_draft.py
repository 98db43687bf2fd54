"""Answers come in another order than asked, and two reports in a file have one report id.

Injected: Many records over several calls with refused and unusable ones in between; answers with a
text too few or too many, also to a call that ten files share; a transform job that shuffles or
loses the lines of two files; two reports with one report id, in one file and in two.
Asserted: Every draft stands with the findings for which it was written. A request's texts are
matched by their position and only if there are as many as were asked; a transform job's by the id
of file and record index, never by the report id.
An endpoint that answers the right number of texts in another order cannot be noticed by position:
the checks flag the drafts that do not fit their findings. Reports with one id are flagged too.
"""

from __future__ import annotations

import json
import random

import pytest

from tests.account.account import Account
from tests.account.model import draft_for, draft_of
from tests.account.odd_endpoint import odd_endpoint
from tests.account.settings import PROMPT_HEAD
from tests.account.texts import json_lines
from tests.nights import Change, Nights, reports

KEY = "incoming/ward/a.jsonl"
RECORDS = [{"report_id": f"r{number}", "findings": f"Findings {number}."} for number in range(20)]


def assert_own_drafts(account: Account, failed: set[int] | None = None) -> None:
    """Every row and entry has the draft of its own findings."""
    for number, entry in enumerate(account.entries(KEY)):
        record = RECORDS[number]
        is_failed = number in (failed or set())
        expected = None if is_failed else draft_for(record["findings"])
        assert (entry["report_id"], entry["impression"]) == (record["report_id"], expected)
    rows = account.rows("impressions")
    assert len(rows) == len(RECORDS) - len(failed or ())
    for row in rows:
        assert row["findings"] == RECORDS[row["record_index"]]["findings"]
        assert row["generated_impression"] == draft_for(row["findings"])


@pytest.mark.parametrize("chunk_records", ["50", "7"], ids=["small", "in chunks"])
@pytest.mark.parametrize("micro_batch", ["1", "3", "8"])
def test_45_drafts_stay_with_their_findings_when_others_are_refused(
    account: Account, chunk_records: str, micro_batch: str
) -> None:
    account.configure({"CHUNK_RECORDS": chunk_records, "MICRO_BATCH_RECORDS": micro_batch})
    refused, unusable = {0, 6, 13, 19}, {3, 7}
    account.trouble_endpoint(
        lambda _, body: (
            (400, "ValidationException")
            if any(f"Findings {number}." in body for number in refused)
            else None
        )
    )
    records = [
        record | ({"findings": " "} if number in unusable else {})
        for number, record in enumerate(RECORDS)
    ]

    account.finish(KEY, json_lines(*records))

    assert_own_drafts(account, refused | unusable)


@pytest.mark.parametrize("dropped", [0, 4, -1])
@pytest.mark.parametrize("surplus", [False, True], ids=["too few", "too many"])
def test_45_no_draft_moves_up_when_the_number_of_texts_is_wrong(
    account: Account, monkeypatch: pytest.MonkeyPatch, *, dropped: int, surplus: bool
) -> None:
    def miscount(prompts: list[str]) -> bytes:
        """Lose a text of every request of several, or write one of them twice."""
        drafts = [draft_of(prompt) for prompt in prompts]
        place = dropped % len(drafts)
        if len(drafts) > 1:
            drafts[place : place + 1] = [drafts[place]] * 2 if surplus else []
        return json.dumps({"generated_texts": drafts}).encode()

    with odd_endpoint(account, monkeypatch) as endpoint:
        endpoint.body = miscount
        account.finish(KEY, json_lines(*RECORDS))

    assert_own_drafts(account)


@pytest.mark.parametrize("answered", [1, 3, 9])
def test_45_no_file_gets_another_files_draft_when_a_shared_call_answers_too_few(
    account: Account, monkeypatch: pytest.MonkeyPatch, answered: int
) -> None:
    def too_few(prompts: list[str]) -> bytes:
        drafts = [draft_of(prompt) for prompt in prompts]
        return json.dumps({"generated_texts": drafts[:answered]}).encode()

    keys = [f"incoming/ward/{number}.json" for number in range(10)]
    for key in keys:
        account.drop(key, json_lines({"findings": f"Findings in {key}."}))
    with odd_endpoint(account, monkeypatch) as endpoint:
        endpoint.body = too_few
        account.drain()

    for key in keys:
        drafts = [entry["impression"] for entry in account.entries(key)]
        assert drafts == [draft_for(f"Findings in {key}.")]


def shuffled(lines: list[str]) -> list[str]:
    return random.Random(45).sample(lines, len(lines))


@pytest.mark.parametrize(
    "change",
    [shuffled, lambda lines: shuffled(lines)[:7], lambda lines: [*lines[::-1], *lines]],
    ids=["shuffled", "shuffled and cut", "reversed and twice"],
)
def test_45_a_night_joins_drafts_by_file_and_index(
    account: Account, nights: Nights, change: Change
) -> None:
    # The same report ids in both files: only the file and the index tell them apart.
    keys = ["nightly/ward/a.jsonl", "nightly/ward/b.jsonl"]
    for start, key in zip((0, 100), keys, strict=True):
        account.put(key, reports(6, start).replace(b'"r10', b'"r'))
    nights.run()

    nights.finish(change)

    for start, key in zip((0, 100), keys, strict=True):
        drafts = [entry["impression"] for entry in account.entries(key)]
        assert drafts == [draft_for(f"Findings {n}.") for n in range(start, start + 6)]


@pytest.mark.parametrize("lane", ["incoming", "nightly"])
@pytest.mark.parametrize("chunk_records", ["50", "1"], ids=["small", "in chunks"])
def test_45_two_reports_with_one_id_keep_their_own_drafts(
    account: Account, nights: Nights, lane: str, chunk_records: str
) -> None:
    account.configure({"CHUNK_RECORDS": chunk_records})
    key = f"{lane}/ward/same.jsonl"
    texts = ["Left.", "Right.", "Refused.", "Middle."]
    account.trouble_endpoint(lambda _, body: (424, "ModelError") if "Refused." in body else None)
    data = json_lines(*({"report_id": "same", "findings": text} for text in texts))

    if lane == "nightly":
        account.put(key, data)
        nights.run()
        nights.finish(lambda lines: [line for line in shuffled(lines) if _is_drafted(line)])
    else:
        account.finish(key, data)

    expected = [None if text == "Refused." else draft_for(text) for text in texts]
    assert [entry["impression"] for entry in account.entries(key)] == expected
    assert [entry["report_id"] for entry in account.entries(key)] == ["same"] * 4
    rows = {row["record_index"]: row for row in account.rows("impressions")}
    assert sorted(rows) == [0, 1, 3]
    for index, row in rows.items():
        assert (row["findings"], row["generated_impression"]) == (texts[index], expected[index])
    assert account.only_failure()["record_index"] == 2


def _is_drafted(line: str) -> bool:
    return json.dumps(draft_for("Refused."))[1:-1] not in line


FITTING = {
    "There is a large right pneumothorax.": "Large right pneumothorax.",
    "There is a moderate left pleural effusion.": "Moderate left pleural effusion.",
    "The lungs are clear. No pleural effusion or pneumothorax.": "No acute abnormality.",
}


def test_45_drafts_in_another_order_are_flagged(account: Account) -> None:
    account.configure({"DRAFT_CHECKS": "all"})
    drafts = dict(zip(FITTING, [*list(FITTING.values())[1:], *FITTING.values()], strict=False))
    account.model.write = lambda prompt: drafts[prompt.removeprefix(PROMPT_HEAD)]

    account.finish(KEY, json_lines(*({"findings": text} for text in FITTING)))

    flags = [set(entry["flags"]) for entry in account.entries(KEY)]
    wrong = {"wrong_side", "contradicted", "unsupported", "omitted"}
    wrong.add("normal_draft_abnormal_findings")
    assert all(found & wrong for found in flags), flags
    assert [set(row["flags"]) for row in account.rows("impressions")] == flags


def test_45_drafts_in_their_own_order_are_not_flagged(account: Account) -> None:
    account.configure({"DRAFT_CHECKS": "all"})
    account.model.write = lambda prompt: FITTING[prompt.removeprefix(PROMPT_HEAD)]

    account.finish(KEY, json_lines(*({"findings": text} for text in FITTING)))

    # A pneumothorax is on the list of critical findings, which is no disagreement.
    flags = [[*entry["flags"]] for entry in account.entries(KEY)]
    assert flags == [["critical_finding"], [], []]


def test_45_reports_with_one_id_in_a_file_are_flagged(account: Account) -> None:
    account.configure({"DRAFT_CHECKS": "all"})
    names = ("r1", "r2", "r1")
    records = [{"report_id": name, "findings": f"Lungs are clear. {name}."} for name in names]

    account.finish(KEY, json_lines(*records))

    flagged = ["same_report_id_twice" in entry["flags"] for entry in account.entries(KEY)]
    assert flagged == [True, False, True]
