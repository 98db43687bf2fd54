from __future__ import annotations

from typing import Any

import msgspec
import pytest

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.frames import Frame
from chalicelib.intake.hl7.framing import detect, frame
from chalicelib.intake.hl7.reading import read
from chalicelib.intake.record import Record
from tests.hl7.building import IMPRESSION, PATIENT, SEEN, header, joined, obx, oru
from tests.hl7.cases import CASES, WRONG, Case, Wrong
from tests.hl7.mutating import check, mutants

LIMIT = 20_000


def only(message: bytes) -> Frame:
    (found,) = frame([message])
    return found


def read_only(message: bytes) -> Record:
    return read(only(message), "object", LIMIT)


def fields_of(record: Record, expected: dict[str, Any]) -> dict[str, Any]:
    """What a record says of the expected fields, in the same form."""
    metadata = record.metadata or {}
    found: dict[str, Any] = {}
    for name, value in expected.items():
        if name == "metadata":
            found[name] = {field: metadata.get(field) for field in value}
        elif name == "sections":
            found[name] = metadata.get("sections")
        elif name == "words":  # the section parser may join the lines
            found[name] = True
        else:
            found[name] = getattr(record, name)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_quirk_is_read(case: Case) -> None:
    record = read_only(case.message)

    found = fields_of(record, case.expected)
    if "words" in case.expected:
        for name in ("findings", "impression"):
            found[name] = " ".join(found[name].split())
    assert found == case.expected
    assert detect(case.message) == "hl7"


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_what_is_wrong_is_named(wrong: Wrong) -> None:
    with pytest.raises(RecordRejectedError) as raised:
        read_only(wrong.message)

    assert raised.value.field == wrong.place
    assert wrong.problem in str(raised.value)
    for text in ("QZNAME", "900417", "19600503", "Heart", "disease"):
        assert text not in str(raised.value)


def test_the_cases_are_many_and_each_has_its_name() -> None:
    names = [case.name for case in CASES]

    assert len(names) == len(set(names))
    assert len(names) > 150
    assert len({wrong.name for wrong in WRONG}) == len(WRONG)


def test_names_numbers_and_birth_dates_go_no_further() -> None:
    notes = "NTE|1|L|QZNAME ANNA wants a call."  # on the patient, not on the report
    record = read_only(joined([header(), PATIENT, notes, "OBR|1|P|A", obx(SEEN)]))

    assert "QZNAME" not in repr(record)
    assert "900417" not in repr(record)
    assert "1960" not in repr(record)


def test_an_error_has_index_and_id_of_the_report() -> None:
    found = msgspec.structs.replace(only(oru(obx(""))), index=4)

    with pytest.raises(RecordRejectedError) as raised:
        read(found, "object", LIMIT)

    assert raised.value.report_id == "ACC7"
    assert raised.value.index == 4


def test_findings_that_are_too_long_are_refused_where_they_stand() -> None:
    message = oru(obx(SEEN, IMPRESSION), obx("x" * 50), obx("x" * 50))

    with pytest.raises(
        RecordRejectedError, match="record 0: OBX\\[2\\]-5: is longer than 100 char"
    ):
        read(only(message), "object", 100)


def test_a_message_that_is_too_long_is_named() -> None:
    with pytest.raises(RecordRejectedError, match="MSH: the message is longer than 1048576 bytes"):
        read(Frame(2, 0, None), "object", LIMIT)


def test_a_later_record_without_numbers_has_the_id_of_its_message_with_a_count() -> None:
    found = msgspec.structs.replace(only(oru(obx(SEEN), common="", order="OBR|2")), part=1)

    assert read(found, "object", LIMIT).report_id == "MSG1-2"


@pytest.mark.parametrize("seed", range(4))
def test_no_damage_crashes_the_reader_or_loses_an_observation(seed: int) -> None:
    for number, text in enumerate(mutants(500, seed)):
        check(text, number % 60)
