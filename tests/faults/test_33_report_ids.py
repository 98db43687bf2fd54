"""Report ids that are unusual or hostile.

Injected: Ids with `/`, `..`, quotes, SQL, line breaks or 256 characters, under each of the three
field names; ids that are too long, blank or of another type; equal ids; no id.
Asserted: An id is kept as data or its record is rejected, and it is never part of a key or of an
item of DynamoDB. Equal ids are two records, and a missing id is the object's id and the record's
index.
"""

from __future__ import annotations

import json

import pytest

from tests.account.account import Account
from tests.account.texts import json_lines

KEY = "incoming/ward/a.json"
ODD = [
    "a/b/c",
    "../../lake/impressions/dt=2026-01-01/x",
    "..",
    "/",
    "'; DROP TABLE impressions; --",
    'quo"te',
    "back\\slash",
    "new\nline",
    "nul\x00byte",
    "%2F%2e%2e",
    "{findings}",
    "胸部 🫁",
    " padded ",
    "x" * 256,
]


@pytest.mark.parametrize("field", ["report_id", "study_id", "id"])
def test_33_odd_id_is_data_and_in_no_key(account: Account, field: str) -> None:
    records = [{field: name, "findings": f"Findings {number}."} for number, name in enumerate(ODD)]

    account.drop("incoming/ward/plain.json", json_lines(*({"findings": "Clear."} for _ in ODD)))
    account.drain()
    plain = len(account.list_keys())
    result = account.finish(KEY, json_lines(*records))

    assert [entry["report_id"] for entry in result["impressions"]] == ODD
    assert [
        row["report_id"] for row in account.rows("impressions") if row["source_key"] == KEY
    ] == ODD
    keys = account.list_keys()
    assert len(keys) == 2 * plain
    assert all(key.startswith(("results/incoming/ward/", "lake/")) for key in keys)
    (file_row,) = [row for row in account.rows("files") if row["source_key"] == KEY]
    mine = {key for key in keys if file_row["run_id"] in key or key == f"results/{KEY}.json"}
    assert len(mine) == plain
    assert not any(name in key for key in mine for name in ODD if len(name) > 2)
    tables = ("idempotency-test", "progress-test")
    stored = json.dumps([account.dynamodb.scan(TableName=name)["Items"] for name in tables])
    assert not any(json.dumps(name) in stored for name in ODD)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("x" * 257, "must have 1 to 256 characters"),
        ("x" * 10_000, "must have 1 to 256 characters"),
        ("", "must have 1 to 256 characters"),
        (" \n", "must have 1 to 256 characters"),
        (5.5, "Expected `str`"),
        (["a"], "Expected `str`"),
        ({"a": "b"}, "Expected `str`"),
        (False, "Expected `str`"),
    ],
    ids=range(8),
)
def test_33_unusable_id_rejects_its_record(account: Account, name: object, problem: str) -> None:
    result = account.finish(KEY, json_lines({"report_id": name, "findings": "Clear."}))

    row = account.only_failure()
    assert (row["record_index"], row["report_id"]) == (0, None)
    assert row["error_message"].startswith("record 0: report_id: ")
    assert problem in row["error_message"]
    assert result["counts"] == {"records": 1, "ok": 0, "failed": 1}


def test_33_whole_number_is_an_id_as_it_is_written(account: Account) -> None:
    result = account.finish(KEY, json_lines({"report_id": 17, "findings": "Clear."}))

    assert result["impressions"][0]["report_id"] == "17"
    assert account.rows("failures") == []


def test_33_absent_id_is_the_object_id_and_the_index(account: Account) -> None:
    account.finish(
        KEY, json_lines({"findings": "Clear."}, {"report_id": None, "findings": "Clear."})
    )

    (file_row,) = account.rows("files")
    ids = [row["report_id"] for row in account.rows("impressions")]
    assert ids == [f"{file_row['run_id']}-0", f"{file_row['run_id']}-1"]


def test_33_equal_ids_are_two_records(account: Account) -> None:
    result = account.finish(
        KEY, json_lines(*({"report_id": "same", "findings": f"Findings {n}."} for n in range(2)))
    )

    assert result["counts"] == {"records": 2, "ok": 2, "failed": 0}
    assert [row["record_index"] for row in account.rows("impressions")] == [0, 1]
