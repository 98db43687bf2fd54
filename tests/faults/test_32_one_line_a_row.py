"""Text that other formats would interpret.

Injected: Line breaks of every kind, formulas such as `=HYPERLINK(…)`, quotes, forged JSON, control
characters and HTML, in every field.
Asserted: Every row is one line of JSON and every field comes back exactly as it was; there are as
many lines as rows. In CSV, text that begins like a formula is preceded by an apostrophe, every
field is quoted, and no text can end its field.
"""

from __future__ import annotations

import csv
import gzip
import io
from typing import Any

import pytest

from analytics.engine.results import Result
from tests.account.account import Account
from tests.account.model import draft_for
from tests.account.texts import json_lines, lines

KEY = "incoming/ward/a.json"
TEXTS = [
    "One line.\nAnother line.",
    "Windows\r\nline, and a lone\rreturn.",
    "Tab\tand\vvertical\fform feed.",
    "Separators \u2028 \u2029 \x85 \x1c \x1e.",
    '=HYPERLINK("http://127.0.0.1/?"&A1,"click")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "He said \"clear\", 'clear' and `clear`.",
    '","impression":"forged"}\n{"report_id":"forged"',
    "Comma, semicolon; pipe| and \\N.",
    "Nul \x00 and escape \x1b[31m.",
    "<script>alert(1)</script> -- ; DROP TABLE impressions",
]


def entry_of(account: Account) -> Any:
    (entry,) = account.entries(KEY)
    return entry


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_32_every_field_round_trips_in_one_line(account: Account, text: str) -> None:
    account.model.write = lambda prompt: f"Draft: {prompt.partition('Findings: ')[2]}!"
    record = {"report_id": text, "findings": text, "impression": text, "note": text, text: text}

    account.finish(KEY, json_lines(record))

    (row,) = account.rows("impressions")
    assert row["report_id"] == row["findings"] == row["reference_impression"] == text
    assert row["generated_impression"] == f"Draft: {text}!"
    assert entry_of(account)["report_id"] == text
    assert entry_of(account)["impression"] == f"Draft: {text}!"
    assert entry_of(account)["metadata"] == {"note": text, text: text}
    assert len(account.rows("rouge_scores")) == 4


def test_32_rows_and_lines_are_as_many(account: Account) -> None:
    records = [{"report_id": text, "findings": text, "impression": text} for text in TEXTS]
    account.configure({"CHUNK_RECORDS": "4"})

    result = account.finish(KEY, json_lines(*records, {"report_id": "a\nb", "findings": "\n"}))

    tables = [key for key in account.list_keys() if key.startswith("lake/")]
    counts = {
        table: sum(
            len(lines(gzip.decompress(account.read(key))))
            for key in tables
            if key.startswith(f"lake/{table}/")
        )
        for table in ("impressions", "rouge_scores", "failures", "files")
    }
    assert counts == {
        "impressions": len(TEXTS),
        "rouge_scores": 4 * len(TEXTS),
        "failures": 1,
        "files": 1,
    }
    assert sum(len(lines(account.read(part))) for part in result["parts"]) == len(TEXTS) + 1
    drafts = [entry["impression"] for entry in account.entries(KEY)]
    assert drafts == [*(draft_for(text) for text in TEXTS), None]


def test_32_csv_has_no_formula_and_its_fields_hold_their_text() -> None:
    rows = tuple((text, -1.5) for text in TEXTS)

    written = Result((("findings", "varchar"), ("score", "double")), rows).as_csv()

    _, *read = csv.reader(io.StringIO(written, newline=""))
    assert [text.removeprefix("'") for text, _ in read] == TEXTS
    assert not any(text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for text, _ in read)
    assert {score for _, score in read} == {"-1.5"}
