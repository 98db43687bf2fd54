"""JSON that other readers would accept or repair.

Injected: NaN, Infinity, 1e999 and numbers of 5,000 digits, and duplicate keys, escaped or nested
ones too, in any field.
Asserted: The record is rejected and named by its index, and its neighbours are drafted.
"""

from __future__ import annotations

import pytest

from tests.account.account import Account
from tests.account.model import draft_for

GOOD = b'{"report_id": "a", "findings": "Clear lungs.", "priority": 1e308}'
BAD = {
    "NaN": b'{"findings": "Clear.", "dose": NaN}',
    "Infinity": b'{"findings": "Clear.", "dose": Infinity}',
    "-Infinity": b'{"findings": "Clear.", "dose": -Infinity}',
    "1e999": b'{"findings": "Clear.", "dose": 1e999}',
    "-1e999": b'{"findings": "Clear.", "dose": [{"in": -1e999}]}',
    "5000 digits": b'{"findings": "Clear.", "dose": ' + b"9" * 5000 + b"}",
    "NaN findings": b'{"findings": NaN}',
    "1e999 findings": b'{"findings": 1e999}',
    "NaN reference": b'{"findings": "Clear.", "impression": NaN}',
    "NaN id": b'{"findings": "Clear.", "report_id": NaN}',
    "twice": b'{"findings": "Clear.", "findings": "Not clear."}',
    "twice the same": b'{"findings": "Clear.", "findings": "Clear."}',
    "twice, escaped": b'{"findings": "Clear.", "f\\u0069ndings": "Not clear."}',
    "id twice": b'{"report_id": "a", "findings": "Clear.", "report_id": "b"}',
    "twice inside": b'{"findings": "Clear.", "more": [{"a": 1, "a": 2}]}',
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("form", ["array", "lines"])
def test_10_record_is_rejected_and_its_neighbours_finish(
    account: Account, bad: str, form: str
) -> None:
    records = [GOOD, BAD[bad], GOOD.replace(b'"a"', b'"c"')]
    data = b"\n".join(records) if form == "lines" else b"[" + b",".join(records) + b"]"

    result = account.finish("incoming/ward/a.json", data)

    row = account.only_failure()
    assert (row["error_type"], row["record_index"]) == ("RecordRejected", 1)
    assert row["error_message"].startswith("record 1: ")
    assert result["counts"] == {"records": 3, "ok": 2, "failed": 1}
    drafts = [entry["impression"] for entry in result["impressions"]]
    assert drafts == [draft_for("Clear lungs."), None, draft_for("Clear lungs.")]
    assert len(account.model.prompts) == 2


def test_10_one_of_two_id_fields_is_no_duplicate(account: Account) -> None:
    result = account.finish(
        "incoming/ward/a.json", b'{"id": "x", "study_id": "y", "findings": "Clear."}'
    )

    (entry,) = result["impressions"]
    assert (entry["report_id"], entry["metadata"]) == ("y", {"id": "x"})
