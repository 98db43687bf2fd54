from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

from training.synthetic.examples import example_files
from training.synthetic.held_out import findings_in, held_out
from training.synthetic.stream import normalised, training_reports

STREAM = "train-1"
WRITTEN_BY_HAND = {"hl7", "fhir", "text"}


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_files_on_disk_are_what_the_generator_writes(examples: Path) -> None:
    on_disk = {
        path.relative_to(examples).as_posix(): path.read_bytes()
        for path in examples.rglob("*")
        if path.is_file() and path.parent.name not in WRITTEN_BY_HAND
    }

    written = example_files()

    assert sorted(on_disk) == sorted(written)
    assert [name for name in written if on_disk[name] != written[name]] == []


def test_every_input_form_is_there(examples: Path) -> None:
    hospital = examples / "hospital"

    single = json.loads((hospital / "chest-0001.json").read_text(encoding="utf-8"))
    array = json.loads((hospital / "morning-list.json").read_text(encoding="utf-8"))
    packed = (hospital / "night-shift.jsonl.gz").read_bytes()

    assert set(single) == {"report_id", "findings", "impression"}
    assert len(array) == 20
    assert {frozenset(record) for record in array} == {
        frozenset({"study_id", "subject_id", "findings", "impression", "background"})
    }
    assert len(gzip.decompress(packed).splitlines()) == 25
    assert packed[4:8] == bytes(4)
    assert len(records(hospital / "ward-7.jsonl")) == 25


def test_some_hospital_records_have_no_reference(examples: Path) -> None:
    ward = records(examples / "hospital" / "ward-7.jsonl")

    without = [record for record in ward if "impression" not in record]

    assert 1 <= len(without) < len(ward) / 2


def test_bad_records_are_each_bad_in_their_own_way(examples: Path) -> None:
    lines = (
        (examples / "hospital" / "with-bad-records.jsonl").read_text(encoding="utf-8").splitlines()
    )

    faults = Counter(fault(line) for line in lines)

    assert faults == {
        "none": 3,
        "findings missing": 1,
        "findings blank": 1,
        "findings no text": 1,
        "NaN": 1,
        "key twice": 1,
        "broken": 1,
    }


def fault(line: str) -> str:
    found: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(items)) < len(items):
            found.append("key twice")
        return dict(items)

    def constant(_: str) -> None:
        found.append("NaN")

    try:
        record = json.loads(line, object_pairs_hook=pairs, parse_constant=constant)
    except ValueError:
        return "broken"
    if "findings" not in record:
        found.append("findings missing")
    elif not isinstance(record["findings"], str):
        found.append("findings no text")
    elif not record["findings"].strip():
        found.append("findings blank")
    return found[0] if found else "none"


def test_the_evaluation_set_has_references_and_is_half_abnormal(examples: Path) -> None:
    held = records(examples / "evaluation" / "held-out.jsonl")

    normal = sum(len(r["impression"].split()) <= 6 and "acute" in r["impression"] for r in held)

    assert len(held) == 150
    assert all(r["impression"].strip() for r in held)
    assert 0.3 < normal / len(held) < 0.6


def test_no_findings_occur_twice_in_the_examples(examples: Path) -> None:
    texts = [
        normalised(text)
        for path in examples.rglob("*")
        if path.is_file()
        for text in findings_in(path)
    ]

    assert [text for text, times in Counter(texts).items() if times > 1] == []


def test_the_training_stream_holds_no_findings_of_the_examples(examples: Path) -> None:
    held = held_out(examples)

    stream = {normalised(r.findings) for r in training_reports(20_000, STREAM, held)}

    assert len(held) > 200
    assert not stream & held
