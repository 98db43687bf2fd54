"""JSON that is nested very deeply.

Injected: Arrays and objects 100,000 deep, as a field, as a record and as a file, closed and not,
plain and gzip.
Asserted: The record or file is rejected without a crash, its neighbours are drafted, and at every
depth a record is either done or rejected.
"""

from __future__ import annotations

import gzip

import pytest

from tests.account.account import Account
from tests.account.texts import json_lines

KEY = "incoming/ward/a.json"
DEEP = 100_000
ARRAYS = b"[" * DEEP + b"]" * DEEP
OBJECTS = b'{"a":' * DEEP + b"1" + b"}" * DEEP
GOOD = json_lines({"findings": "Clear lungs."}).strip()


@pytest.mark.parametrize("deep", [ARRAYS, OBJECTS], ids=["arrays", "objects"])
@pytest.mark.parametrize("form", ["array", "lines"])
@pytest.mark.parametrize("where", ["findings", "note"])
def test_11_deep_record_is_rejected_and_its_neighbours_finish(
    account: Account, deep: bytes, form: str, where: str
) -> None:
    bad = b'{"findings": "Clear.", "%s": %s}' % (where.encode(), deep)
    records = [GOOD, bad.replace(b'"findings": "Clear.", "findings"', b'"findings"'), GOOD]
    data = b"\n".join(records) if form == "lines" else b"[" + b",".join(records) + b"]"

    result = account.finish(KEY, data)

    row = account.only_failure()
    assert (row["error_type"], row["record_index"]) == ("RecordRejected", 1)
    assert result["counts"] == {"records": 3, "ok": 2, "failed": 1}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (ARRAYS, "RecordRejected"),
        (OBJECTS, "RecordRejected"),
        (b"[" * DEEP, "BrokenJson"),
        (b"[" * DEEP + b"}" * DEEP, "BrokenJson"),
        (b'{"a":' * DEEP, "RecordRejected"),
        (b'[{"a":' * DEEP, "BrokenJson"),
        (gzip.compress(b"[" * 3_000_000), "BrokenJson"),
        (b'{"a":' * 3_000_000, "RecordRejected"),
    ],
    ids=range(8),
)
def test_11_deep_file_is_one_failure(account: Account, data: bytes, reason: str) -> None:
    result = account.finish(KEY, data)

    assert account.only_failure()["error_type"] == reason
    assert result["counts"] == {"records": 1, "ok": 0, "failed": 1}
    assert account.model.prompts == []


def test_11_every_depth_up_to_the_longest_metadata_is_done_or_rejected(account: Account) -> None:
    # Decoding, measuring and writing each have their own limit: none may be reached alone.
    account.configure({"CHUNK_RECORDS": "3000"})
    depths = [*range(10, 800, 50), *range(900, 1030), *range(1050, 2100, 50)]
    records = [b'{"findings": "Clear.", "a": %s%s}' % (b"[" * deep, b"]" * deep) for deep in depths]

    account.drop(KEY, b"\n".join(records))
    account.drain()

    (file_row,) = account.rows("files")
    failed = [row["record_index"] for row in account.rows("failures")]
    assert account.given_back == []
    assert file_row["records_total"] == len(depths)
    assert file_row["records_ok"] + len(failed) == len(depths)
    assert failed == list(range(len(depths) - len(failed), len(depths)))
    assert file_row["records_ok"] > 0
