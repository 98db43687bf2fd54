"""Findings or impressions that cannot be used.

Injected: Findings that are missing, null, a number, a list, blank or longer than the limit; an
impression that is not text; metadata that is too large.
Asserted: One failure row names the record, the field and the problem. Findings up to the limit
reach the model and the lake uncut, metadata beyond its limit is dropped whole and flagged.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.account.account import Account
from tests.account.model import draft_for
from tests.account.settings import PROMPT_HEAD
from tests.account.texts import json_lines

KEY = "incoming/ward/a.json"
LIMIT = 20_000
GOOD = {"report_id": "good", "findings": "Clear lungs."}


@pytest.mark.parametrize(
    ("bad", "field", "problem"),
    [
        ({}, "findings", "is missing"),
        ({"Findings": "Clear."}, "findings", "is missing"),
        ({"findings": None}, "findings", "Expected `str`, got `null`"),
        ({"findings": 5}, "findings", "Expected `str`, got `int`"),
        ({"findings": 0.5}, "findings", "Expected `str`, got `float`"),
        ({"findings": True}, "findings", "Expected `str`, got `bool`"),
        ({"findings": ["Clear."]}, "findings", "Expected `str`, got `array`"),
        ({"findings": {"text": "Clear."}}, "findings", "Expected `str`, got `object`"),
        ({"findings": ""}, "findings", "is blank"),
        ({"findings": " \t\r\n\u3000\u00a0"}, "findings", "is blank"),
        ({"findings": "a" * (LIMIT + 1)}, "findings", "is longer than 20000 characters"),
        ({"findings": "胸" * (LIMIT + 1)}, "findings", "is longer than 20000 characters"),
        ({"findings": "a" * (1 << 20)}, "record", "is longer than 1048576 bytes"),
        ({"findings": "Clear.", "impression": 5}, "impression", "got `int`"),
        ({"findings": "Clear.", "impression": False}, "impression", "got `bool`"),
        ({"findings": "Clear.", "impression": ["Normal."]}, "impression", "got `array`"),
        ({"findings": "Clear.", "impression": {"a": 1}}, "impression", "got `object`"),
    ],
    ids=range(17),
)
def test_15_unusable_field_is_one_failure_row(
    account: Account, bad: dict[str, Any], field: str, problem: str
) -> None:
    result = account.finish(KEY, json_lines({"report_id": "bad", **bad}, GOOD))

    row = account.only_failure()
    assert (row["error_type"], row["stage"]) == ("RecordRejected", "decode")
    assert row["record_index"] == 0
    assert row["report_id"] == (None if field == "record" else "bad")
    assert row["error_message"].startswith(f"record 0: {field}: ")
    assert problem in row["error_message"]
    assert result["counts"] == {"records": 2, "ok": 1, "failed": 1}
    assert account.model.prompts == [PROMPT_HEAD + "Clear lungs."]


@pytest.mark.parametrize("character", ["a", "胸", "🫁", '"', "\n", "\x01"])
def test_15_findings_up_to_the_limit_reach_model_and_lake_uncut(
    account: Account, character: str
) -> None:
    findings = "Clear" + character * (LIMIT - 6) + "."

    result = account.finish(KEY, json.dumps({"findings": findings}).encode())

    assert result["status"] == "complete"
    assert account.model.prompts == [PROMPT_HEAD + findings]
    (row,) = account.rows("impressions")
    assert row["findings"] == findings
    assert row["output_truncated"] is False


def test_15_surrounding_space_is_kept(account: Account) -> None:
    findings = "  \n Clear lungs.\t\n"

    account.finish(KEY, json_lines({"findings": findings}))

    assert account.model.prompts == [PROMPT_HEAD + findings]


@pytest.mark.parametrize("absent", [{}, {"impression": None}])
def test_15_reference_may_be_absent(account: Account, absent: dict[str, None]) -> None:
    result = account.finish(KEY, json_lines({"findings": "Clear.", **absent}))

    assert result["impressions"][0]["impression"] == draft_for("Clear.")
    assert account.rows("rouge_scores") == []


def test_15_limit_is_a_setting(account: Account) -> None:
    account.configure({"MAX_FINDINGS_CHARACTERS": "6"})

    result = account.finish(KEY, json_lines({"findings": "Clear."}, {"findings": "Clear.."}))

    assert account.only_failure()["record_index"] == 1
    assert result["counts"] == {"records": 2, "ok": 1, "failed": 1}


def test_15_large_metadata_is_dropped_whole_and_flagged(account: Account) -> None:
    fits = {"findings": "Clear.", "note": "a" * (4096 - len('{"note":""}'))}
    above = {"findings": "Clear.", "note": fits["note"] + "a"}

    result = account.finish(KEY, json_lines(fits, above))

    kept, dropped = result["impressions"]
    assert (kept["metadata"], kept["flags"]) == ({"note": fits["note"]}, [])
    assert ("metadata" in dropped, dropped["flags"]) == (False, ["metadata_dropped"])
    assert result["counts"] == {"records": 2, "ok": 2, "failed": 0}
