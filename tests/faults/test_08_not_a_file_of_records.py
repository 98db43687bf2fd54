"""A file that contains no records.

Injected: 0 bytes, white space, binary data, zip and broken gzip files, text, CSV, truncated JSON,
`[]`, `{}` and values that are not records; good content under the wrong extension.
Asserted: By its content, not its name, a file is read, or fails with one row that names the reason.
`[]` is a complete file of no records. The model is not called.
"""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from typing import Any

import pytest

from tests.account.account import Account
from tests.account.model import draft_for
from tests.account.texts import json_lines

KEY = "incoming/ward/a.json"
RECORD = json_lines({"report_id": "a", "findings": "Clear lungs."})
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


def zip_of(data: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.json", data)
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "Empty"),
        (b" \r\n\t\n", "Empty"),
        (b"\xef\xbb\xbf", "Empty"),
        (b"\xff\xfe", "Empty"),
        (gzip.compress(b""), "Empty"),
        (PNG, "NotJson"),
        (b"\x00" * 5000, "NotJson"),
        (b"\x80" + random.Random(8).randbytes(100_000).replace(b"\n{", b""), "NotJson"),
        (zip_of(RECORD), "Packed"),
        (gzip.compress(PNG), "NotJson"),
        (gzip.compress(gzip.compress(RECORD)), "Packed"),
        (b"Findings: clear lungs.\n", "NotJson"),
        (b'"findings"', "NotJson"),
        (b"null", "NotJson"),
        (b"12", "NotJson"),
        (b"findings,impression\nclear,normal\n", "NotJson"),
        (b"\x1f\x8b", "BrokenGzip"),
        (b"\x1f\x8bnot really", "BrokenGzip"),
        (gzip.compress(RECORD)[:-9], "BrokenGzip"),
        (gzip.compress(RECORD)[:-4] + b"\x01\x02\x03\x04", "BrokenGzip"),
        (gzip.compress(RECORD) + b"trailing rubbish", "BrokenGzip"),
        (b'[{"findings": "Clear."}, {"findings": "Cut', "BrokenJson"),
        (b'[{"findings": "Clear."}', "BrokenJson"),
        (b'[{"findings": "Clear."}] [', "BrokenJson"),
        (b'[{"findings": "Clear."},', "BrokenJson"),
        (b"[", "BrokenJson"),
        (b'\xff\xfe{\x00"\x00f', "BrokenText"),
    ],
    ids=range(27),
)
def test_08_unreadable_file_is_one_failure_with_its_reason(
    account: Account, data: bytes, reason: str
) -> None:
    result = account.finish(KEY, data)

    row = account.only_failure()
    assert (row["error_type"], row["record_index"], row["stage"]) == (reason, None, "read")
    assert row["error_message"]
    assert "\n" not in row["error_message"]
    assert result["status"] == "failed"
    assert result["counts"] == {"records": 1, "ok": 0, "failed": 1}
    assert result["impressions"][0]["error"]["type"] == reason
    assert account.rows("impressions") == []
    assert account.model.prompts == []


@pytest.mark.parametrize("data", [b"[]", b" [ ]\n", b"\xef\xbb\xbf[]", gzip.compress(b"[]")])
def test_08_empty_array_is_a_complete_file_of_no_records(account: Account, data: bytes) -> None:
    result = account.finish(KEY, data)

    assert result["status"] == "complete"
    assert result["counts"] == {"records": 0, "ok": 0, "failed": 0}
    assert result["impressions"] == []
    assert account.rows("failures") == []
    (file_row,) = account.rows("files")
    assert (file_row["status"], file_row["records_total"]) == ("complete", 0)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"{}", "findings: is missing"),
        (b"[{}]", "findings: is missing"),
        (b'{"findings": ', "record: is not valid JSON"),
        (b'{\n"findings": "Clear."\n', "record: is not valid JSON"),
        (b'{"findings": "Clear."} more text', "record: is not valid JSON"),
        (b"[[]]", "record: Expected `object`"),
        (b"[12]", "record: Expected `object`"),
        (b"[null]", "record: Expected `object`"),
    ],
)
def test_08_record_that_is_none_is_one_failure(account: Account, data: bytes, problem: str) -> None:
    result = account.finish(KEY, data)

    row = account.only_failure()
    assert (row["error_type"], row["record_index"]) == ("RecordRejected", 0)
    assert row["error_message"].startswith(f"record 0: {problem}")
    assert result["counts"] == {"records": 1, "ok": 0, "failed": 1}
    assert account.model.prompts == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", RECORD),
        ("a.txt", RECORD),
        ("a", RECORD),
        ("a.json.gz", RECORD),
        ("a.zip", gzip.compress(RECORD)),
        ("a.json", gzip.compress(RECORD)),
        ("a.jsonl", b"[" + RECORD + b"]"),
        ("a.json", gzip.compress(RECORD[:20]) + gzip.compress(RECORD[20:])),
        ("a.csv", gzip.compress(RECORD.decode().encode("utf-16"))),
    ],
)
def test_08_content_counts_and_not_the_extension(account: Account, name: str, data: bytes) -> None:
    result: Any = account.finish(f"incoming/ward/{name}", data)

    assert result["status"] == "complete"
    assert [entry["report_id"] for entry in result["impressions"]] == ["a"]
    assert result["impressions"][0]["impression"] == draft_for("Clear lungs.")
