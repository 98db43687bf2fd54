from __future__ import annotations

import gzip
import json

import pytest

from chalicelib.objects import ObjectRef
from chalicelib.output.document import Counts, Entry, part_lines, result_document, table_lines
from chalicelib.output.tables import FailureRow

REF = ObjectRef("b", "incoming/a", "e", "v")
FINE = Entry(report_id="r", impression="a\nb", model="m@1", status="ok", flags=[])
LOST = Entry(
    report_id=None,
    impression=None,
    model=None,
    status="failed",
    flags=[],
    error={"type": "NotJson", "message": "it is not"},
    metadata={"b": 1, "a": 2},
)


def row(message: str = "m") -> FailureRow:
    return FailureRow(
        run_id="i",
        lane="incoming",
        dataset="d",
        record_index=None,
        report_id=None,
        model_role=None,
        stage="read",
        error_type="NotJson",
        error_message=message,
        retryable=False,
        source_bucket="b",
        source_key="k",
        source_etag="e",
        source_version_id=None,
        failed_at="2026-01-02 03:04:05.000",
    )


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        (Counts(0, 0, 0), "complete"),
        (Counts(2, 2, 0), "complete"),
        (Counts(2, 1, 1), "partial"),
        (Counts(2, 0, 2), "failed"),
    ],
)
def test_status_follows_from_the_counts(counts: Counts, status: str) -> None:
    assert counts.status == status
    assert json.loads(result_document(REF, counts))["status"] == status


def test_document_of_a_small_object_holds_its_impressions() -> None:
    document = json.loads(result_document(REF, Counts(2, 1, 1), entries=[FINE, LOST]))

    assert document == {
        "source": {"bucket": "b", "key": "incoming/a", "etag": "e"},
        "status": "partial",
        "counts": {"records": 2, "ok": 1, "failed": 1},
        "impressions": [
            {
                "report_id": "r",
                "impression": "a\nb",
                "model": "m@1",
                "status": "ok",
                "flags": [],
            },
            {
                "report_id": None,
                "impression": None,
                "model": None,
                "status": "failed",
                "flags": [],
                "error": {"type": "NotJson", "message": "it is not"},
                "metadata": {"a": 2, "b": 1},
            },
        ],
    }


def test_document_of_a_large_object_names_its_parts() -> None:
    document = json.loads(result_document(REF, Counts(2, 2, 0), parts=["p0", "p1"]))

    assert document["parts"] == ["p0", "p1"]
    assert "impressions" not in document


def test_document_of_no_records_has_an_empty_list() -> None:
    assert json.loads(result_document(REF, Counts(0, 0, 0)))["impressions"] == []


def test_part_has_one_line_for_each_entry() -> None:
    lines = part_lines([FINE, LOST]).splitlines()

    assert [json.loads(line)["report_id"] for line in lines] == ["r", None]


def test_keys_are_sorted_at_every_depth() -> None:
    def in_order(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert [name for name, _ in pairs] == sorted(name for name, _ in pairs)
        return dict(pairs)

    json.loads(part_lines([LOST]), object_pairs_hook=in_order)
    json.loads(gzip.decompress(table_lines([row()])), object_pairs_hook=in_order)


@pytest.mark.parametrize("message", ["two\nlines", '=HYPERLINK("x")', "\u2028\r", 'quo"te\\'])
def test_row_is_one_line_whatever_its_text(message: str) -> None:
    lines = gzip.decompress(table_lines([row(message), row()])).split(b"\n")

    assert len(lines) == 3
    assert json.loads(lines[0])["error_message"] == message
    assert lines[2] == b""


def test_table_carries_no_time_of_writing() -> None:
    data = table_lines([row()])

    assert data[4:8] == b"\0\0\0\0"
    assert json.loads(gzip.decompress(data))["schema_version"] == 1
