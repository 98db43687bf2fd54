from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from training.prepare.collections import read
from training.prepare.columns import Columns
from training.prepare.records import Reading
from training.prepare.report import LeftOut, Pair

GOOD = b'{"id": "good", "findings": "Clear.", "impression": "Normal."}'
PAIR = Pair("good", "Clear.", "Normal.")


@pytest.mark.parametrize(
    "bad",
    [
        b"{not json}",
        b'{"findings": "a", "findings": "b", "impression": "c"}',
        b'{"findings": "\xff", "impression": "c"}',
        b'{"a": ' + b"[" * 100_000 + b"}",
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": "' + b"x" * (1 << 20) + b'"}',
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_bad_record_costs_itself_only(bad: bytes, first: bool, tmp_path: Path) -> None:  # noqa: FBT001  # a parameter of the test
    path = tmp_path / "mixed.jsonl"
    path.write_bytes(b"\n".join([bad, GOOD] if first else [GOOD, bad]))

    found = list(read(path, Reading()))

    left_out = LeftOut(f"mixed-{0 if first else 1}", "unreadable")
    assert found == ([left_out, PAIR] if first else [PAIR, left_out])


@pytest.mark.parametrize("suffix", ["jsonl", "ndjson", "jsonl.gz", "txt", "csv"])
def test_json_is_found_under_any_name(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"reports.{suffix}"
    path.write_bytes(gzip.compress(GOOD) if suffix.endswith("gz") else GOOD)

    assert list(read(path, Reading())) == [PAIR]


def test_first_line_that_is_no_record_is_left_out_alone(tmp_path: Path) -> None:
    path = tmp_path / "reports.jsonl"
    path.write_bytes(b"exported today\n" + GOOD)

    assert list(read(path, Reading())) == [LeftOut("reports-0", "unreadable"), PAIR]


@pytest.mark.parametrize(
    ("value", "report_id"),
    [
        (7, "7"),
        (7.0, "7"),
        ("s7", "s7"),
        (None, "r-0"),
        (float("nan"), "r-0"),
        (7.5, "r-0"),
        (True, "r-0"),
        ("", "r-0"),
        ("a\nb", "r-0"),
        ("x" * 257, "r-0"),
        (["7"], "r-0"),
    ],
)
def test_id_is_a_number_or_a_text(value: object, report_id: str, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(
        json.dumps([{"study_id": value, "findings": "Clear.", "impression": "Normal."}])
    )

    assert list(read(path, Reading())) == [Pair(report_id, "Clear.", "Normal.")]


def test_next_id_is_used_where_the_first_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(
        json.dumps([{"study_id": None, "id": 9, "findings": "Clear.", "impression": "x"}])
    )

    assert list(read(path, Reading())) == [Pair("9", "Clear.", "x")]


def test_record_with_a_list_of_records_first_is_still_one_report(tmp_path: Path) -> None:
    for name, indent in (("lines.jsonl", None), ("object.json", 1)):
        record = {"images": [{"path": "a.png"}], **json.loads(GOOD)}
        (tmp_path / name).write_text(json.dumps(record, indent=indent))

        assert list(read(tmp_path / name, Reading())) == [PAIR]


def test_named_columns_are_looked_for_in_the_records_of_a_list(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text('{"train": [{"id": 1, "Befund": "Clear.", "Urteil": "Normal."}]}')
    reading = Reading(Columns(findings="Befund", impression="Urteil"))

    assert list(read(path, reading)) == [Pair("1", "Clear.", "Normal.")]


def test_record_without_a_named_column_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(GOOD + b'\n{"id": "other", "impression": "Normal."}')

    found = list(read(path, Reading(Columns(findings="findings"))))

    assert found == [PAIR, LeftOut("r-1", "no findings")]
