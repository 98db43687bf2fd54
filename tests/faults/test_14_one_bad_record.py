"""One bad record among good ones.

Injected: A record that is truncated, not JSON, not an object, larger than 1 MiB, or that the model
refuses, at the start or end of a file or chunk; blank lines.
Asserted: All other records are drafted, and one failure row names the index of the bad one.
"""

from __future__ import annotations

import pytest

from tests.account.account import Account
from tests.account.model import draft_for
from tests.account.texts import json_lines

KEY = "incoming/ward/a.json"
COUNT = 21


def file_with(bad: bytes, index: int, form: str) -> bytes:
    records = [
        json_lines({"report_id": f"r{number}", "findings": f"Findings {number}."}).strip()
        for number in range(COUNT)
    ]
    records[index] = bad
    return b"\n".join(records) if form == "lines" else b"[" + b",\n".join(records) + b"]"


@pytest.mark.parametrize(("chunk_records", "index"), [(50, 0), (8, 20)])
@pytest.mark.parametrize(
    ("bad", "form"),
    [
        (b'{"report_id": "bad", "findings": 5}', "array"),
        (b'{"report_id": "bad", "findings": 5}', "lines"),
        (b'{"report_id": "bad", "findings": "cut', "lines"),
        (b"no JSON", "lines"),
        (b"}", "lines"),
        (b"12", "array"),
        (b'"text, with ] and }"', "array"),
        (b'{"findings": "' + b"a" * (1 << 20) + b'"}', "array"),
        (b'{"findings": "' + b"a" * (1 << 20) + b'"}', "lines"),
    ],
    ids=range(9),
)
def test_14_others_finish_and_the_failure_names_the_index(
    account: Account, bad: bytes, form: str, index: int, chunk_records: int
) -> None:
    account.configure({"CHUNK_RECORDS": str(chunk_records)})

    result = account.finish(KEY, file_with(bad, index, form))

    row = account.only_failure()
    assert (row["error_type"], row["record_index"]) == ("RecordRejected", index)
    assert row["error_message"].startswith(f"record {index}: ")
    assert result["status"] == "partial"
    assert result["counts"] == {"records": COUNT, "ok": COUNT - 1, "failed": 1}
    expected = [draft_for(f"Findings {number}.") for number in range(COUNT)]
    drafts = [entry["impression"] for entry in account.entries(KEY)]
    assert drafts == [*expected[:index], None, *expected[index + 1 :]]


def test_14_blank_lines_are_no_records(account: Account) -> None:
    data = b'\n\n{"findings": "Clear."}\n  \r\n{"findings": 5}\n\n'

    result = account.finish(KEY, data)

    assert result["counts"] == {"records": 2, "ok": 1, "failed": 1}
    assert account.only_failure()["record_index"] == 1


def test_14_record_that_the_model_refuses_costs_only_itself(account: Account) -> None:
    def write(prompt: str) -> str:
        if "Findings 5." in prompt:
            raise ValueError
        return "Draft."

    account.model.write = write
    records = [
        {"report_id": f"r{number}", "findings": f"Findings {number}."} for number in range(8)
    ]

    result = account.finish(KEY, json_lines(*records))

    row = account.only_failure()
    assert (row["stage"], row["record_index"], row["report_id"]) == ("model", 5, "r5")
    assert row["model_role"] == "fine-tuned"
    assert result["counts"] == {"records": 8, "ok": 7, "failed": 1}
