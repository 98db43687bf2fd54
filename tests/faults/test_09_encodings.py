"""Encodings, good and bad.

Injected: UTF-8 with and without BOM, UTF-16 in both byte orders, plain and gzip; invalid and
overlong UTF-8, lone surrogates, raw and escaped.
Asserted: Valid encodings are read character for character; bad text rejects its own record and no
other.
"""

from __future__ import annotations

import codecs
import gzip
import json

import pytest

from tests.account.account import Account
from tests.account.model import draft_for

KEY = "incoming/ward/a.json"
FINDINGS = "Röntgen 胸部: clear lungs 🫁, no “acute” finding. \u2028"
GOOD = {"report_id": "a", "findings": FINDINGS}
NEXT = {"report_id": "b", "findings": "Heart size is normal."}
FORMS = {
    "object": json.dumps(GOOD, ensure_ascii=False, indent=1),
    "array": json.dumps([GOOD, NEXT], ensure_ascii=False),
    "lines": "\r\n".join(json.dumps(one, ensure_ascii=False) for one in (GOOD, NEXT)) + "\r\n",
}


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with BOM", "utf-16-le", "utf-16-be"],
)
def test_09_each_encoding_is_read(
    account: Account,
    mark: bytes,
    encoding: str,
    form: str,
    zipped: bool,  # noqa: FBT001  # a case
) -> None:
    data = mark + FORMS[form].encode(encoding)

    result = account.finish(KEY, gzip.compress(data) if zipped else data)

    assert result["status"] == "complete"
    assert result["impressions"][0]["report_id"] == "a"
    assert result["impressions"][0]["impression"] == draft_for(FINDINGS)
    assert account.rows("impressions")[0]["findings"] == FINDINGS


@pytest.mark.parametrize(
    "bad",
    [
        b'{"findings": "Clear \xff lungs."}',
        b'{"findings": "Clear \xc3("}',
        b'{"findings": "Overlong \xc0\xaf"}',
        b'{"findings": "Surrogate \xed\xa0\x80"}',
        b'{"findings": "Clear lungs.", "note": "\xfe"}',
        b'{"findings": "Clear lungs.", "\xfe": 1}',
        b'{"findings": "Lone \\ud800 surrogate."}',
        b'{"findings": "Lone \\udc00 surrogate."}',
        b'{"findings": "Turned \\udc00\\ud800 pair."}',
        b'{"findings": "Clear lungs.", "impression": "\\ud800"}',
        b'{"findings": "Clear lungs.", "report_id": "\\ud800"}',
        b'{"findings": "Clear lungs.", "note": ["\\ud800"]}',
        b'{"findings": "Clear lungs.", "\\ud800": 1}',
    ],
    ids=range(13),
)
@pytest.mark.parametrize("form", ["array", "lines"])
def test_09_bad_text_rejects_its_record_only(account: Account, bad: bytes, form: str) -> None:
    around = [json.dumps(one).encode() for one in (GOOD, NEXT)]
    records = [around[0], bad, around[1]]
    data = b"\n".join(records) if form == "lines" else b"[" + b",".join(records) + b"]"

    result = account.finish(KEY, data)

    row = account.only_failure()
    assert (row["error_type"], row["record_index"]) == ("RecordRejected", 1)
    assert result["counts"] == {"records": 3, "ok": 2, "failed": 1}
    assert [entry["status"] for entry in result["impressions"]] == ["ok", "failed", "ok"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_09_lone_surrogate_in_utf_16_rejects_its_record_only(
    account: Account, encoding: str
) -> None:
    text = f'{FORMS["array"][:-1]}, {{"findings": "Lone \ud800 surrogate."}}]'
    mark = codecs.BOM_UTF16_LE if encoding == "utf-16-le" else codecs.BOM_UTF16_BE

    result = account.finish(KEY, mark + text.encode(encoding, "surrogatepass"))

    assert account.only_failure()["record_index"] == 2
    assert result["counts"] == {"records": 3, "ok": 2, "failed": 1}


def test_09_escaped_pair_is_one_character(account: Account) -> None:
    result = account.finish(KEY, rb'{"findings": "Clear \ud83e\udec1 lungs."}')

    assert result["impressions"][0]["impression"] == draft_for("Clear 🫁 lungs.")
