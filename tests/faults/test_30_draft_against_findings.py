"""A draft says left for right, a number that is not there, or denies a positive finding.

Injected: The model answers with drafts that contradict their findings, one in each way.
Asserted: The draft stands as the model wrote it. Its entry and its row are flagged, and the entry
has the words of both texts that contradict each other. An answer in HL7 names the flags. A draft
that fits has no flag.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.account.account import Account
from tests.account.texts import hl7_batch, json_lines

KEY = "incoming/ward/a"
EFFUSION = "There is a moderate left pleural effusion. No pneumothorax."
CASES = [
    (EFFUSION, "Moderate right pleural effusion.", "wrong_side", "pleural effusion", "effusion"),
    (EFFUSION, "No pleural effusion.", "contradicted", "pleural effusion", "pleural effusion"),
    (EFFUSION, "Left pleural effusion and pneumothorax.", "contradicted", "pneumothorax", None),
    ("A nodule in the right lung measures 5 mm.", "9 mm right nodule.", "number_not_in_findings",
     None, "9"),
    (EFFUSION, "Left rib fracture. Left pleural effusion.", "unsupported", None, "fracture"),
    (EFFUSION, "No acute cardiopulmonary abnormality.", "normal_draft_abnormal_findings",
     "effusion", None),
]  # fmt: skip


def finished(account: Account, findings: str, draft: str) -> dict[str, Any]:
    account.configure({"DRAFT_CHECKS": "all"})
    account.model.write = lambda _: draft
    record = {"report_id": "r1", "findings": findings}
    (entry,) = account.finish(KEY, json_lines(record))["impressions"]
    assert entry["impression"] == draft
    return dict(entry)


def words(text: str, spans: list[tuple[int, int]]) -> str:
    return " ".join(text[begin:end].lower() for begin, end in spans)


@pytest.mark.parametrize(
    ("findings", "draft", "flag", "said", "written"), CASES, ids=[case[2] for case in CASES]
)
def test_30_what_contradicts_is_flagged_with_its_words(  # a case
    account: Account, findings: str, draft: str, flag: str, said: str | None, written: str | None
) -> None:
    entry = finished(account, findings, draft)

    (row,) = account.rows("impressions")
    assert flag in entry["flags"]
    assert row["flags"] == entry["flags"]
    assert row["generated_impression"] == draft
    (check, *_) = [one for one in entry["checks"] if one["flag"] == flag]
    assert check["sentence"]
    if said is not None:
        assert said in words(findings, check["findings"])
    if written is not None:
        assert written in words(draft, check["draft"])


def test_30_a_wrong_side_is_said_in_words(account: Account) -> None:
    entry = finished(account, EFFUSION, "Moderate right pleural effusion.")

    (check,) = entry["checks"]
    assert check["sentence"] == (
        "The draft has pleural effusion on the right, the findings on the left."
    )


def test_30_a_draft_that_fits_has_no_flag(account: Account) -> None:
    entry = finished(account, EFFUSION, "Moderate left pleural effusion.")

    assert entry["flags"] == []
    assert "checks" not in entry


def test_30_the_answer_names_the_flags(account: Account) -> None:
    account.configure({"DRAFT_CHECKS": "all"})
    account.model.write = lambda _: "Moderate right pleural effusion."

    account.finish(KEY, hl7_batch({"report_id": "r1", "findings": EFFUSION}))

    assert b"Flags: wrong_side" in account.read(f"results/{KEY}.hl7")


def metrics(account: Account) -> dict[str, float]:
    """The sums of what the function has counted."""
    sums: dict[str, float] = {}
    for line in account.logs.splitlines():
        if line.startswith('{"_aws"'):
            sent = json.loads(line)
            for one in sent["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
                sums[one["Name"]] = sums.get(one["Name"], 0) + sum(sent[one["Name"]])
    return sums


@pytest.mark.parametrize("chunk_records", ["50", "2"], ids=["whole", "in chunks"])
def test_30_drafts_in_disagreement_are_counted(account: Account, chunk_records: str) -> None:
    account.configure({"DRAFT_CHECKS": "all", "CHUNK_RECORDS": chunk_records})
    account.model.write = lambda _: "Moderate right pleural effusion."
    other = "There is a moderate right pleural effusion."
    records = [{"findings": EFFUSION}, {"findings": other}, {"findings": other}]

    account.finish(KEY, json_lines(*records))

    counted = metrics(account)
    assert counted["DraftsChecked"] == counted["DraftsCompared"] == 3
    assert counted["DraftsInDisagreement"] == counted["FlagWrongSide"] == 1
    assert "FlagOmitted" not in counted


def test_30_drafts_of_a_comparison_are_not_counted(account: Account) -> None:
    account.configure({"DRAFT_CHECKS": "all"})
    account.model.write = lambda _: "Moderate right pleural effusion."

    account.finish("evaluation/dev1/a", json_lines({"findings": EFFUSION}))

    assert "DraftsChecked" not in metrics(account)
    assert metrics(account)["RecordsOk"] == 1


def test_30_rows_say_which_checks_ran(account: Account) -> None:
    account.configure({"DRAFT_CHECKS": "contradicted", "LONGER_THAN": "2"})
    account.model.write = lambda _: "Moderate right pleural effusion."

    account.finish(KEY, json_lines({"findings": EFFUSION}))

    (row,) = account.rows("checks")
    assert row["flag"] is None
    assert row["checker"].endswith("; checks=contradicted; longer_than=2")


def test_30_a_draft_that_ends_at_the_model_s_limit_is_marked(account: Account) -> None:
    account.configure({"DRAFT_CHECKS": "all", "FINE_TUNED_GENERATION": '{"max_length": 20}'})
    account.model.write = lambda _: "Moderate left pleural effusion with"

    (entry,) = account.finish(KEY, json_lines({"findings": EFFUSION}))["impressions"]

    (row,) = account.rows("impressions")
    assert row["output_truncated"] is True
    assert row["flags"] == entry["flags"] == ["repeated_or_cut"]


def test_30_checks_can_be_switched_off(account: Account) -> None:
    account.configure({"DRAFT_CHECKS": "none"})
    account.model.write = lambda _: "Moderate right pleural effusion."

    (entry,) = account.finish(KEY, json_lines({"findings": EFFUSION}))["impressions"]

    assert entry["flags"] == []
