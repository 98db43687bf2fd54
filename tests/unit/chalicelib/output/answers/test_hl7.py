from __future__ import annotations

from datetime import datetime, timedelta, timezone

import hl7
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.frames import Form, Frame
from chalicelib.intake.hl7.framing import detect, frame
from chalicelib.intake.hl7.messages import Message, message_of
from chalicelib.intake.hl7.observations import read_observations
from chalicelib.intake.hl7.reading import read
from chalicelib.output.answers.hl7 import answer, envelope
from tests.hl7.building import HEADER, ORDER, PATIENT, SEEN, good, header, joined, obx, oru
from tests.hl7.cases import CASES, MDM, Case

AT = datetime(2026, 1, 5, 12, 30, tzinfo=timezone(timedelta(hours=1)))
DRAFT = "No acute disease."


def answered(
    message: bytes, draft: str = DRAFT, flags: tuple[str, ...] = (), at: datetime = AT
) -> bytes:
    (found,) = frame([message])
    record = read(found, "object", 20_000)
    return answer(
        found.data or b"", record, draft, model="flan-t5-xl", version="7", flags=flags, at=at
    )


def impression_of(data: bytes) -> str:
    message = message_of(data)
    found = read_observations(message.segments, message.separators, message.charset)
    assert list(found.sections) == ["impression"]
    assert found.statuses == ["preliminary"]
    return found.sections["impression"]


def names_of(message: Message) -> list[str]:
    return [segment.name for segment in message.segments]


def test_an_answer_is_the_order_with_the_draft_as_preliminary_impression() -> None:
    written = answered(good(), flags=("wrong_side", "omitted"))

    control_id = written.split(b"|")[9].decode()
    assert len(control_id) == 20
    assert control_id.isalnum()
    expected = [
        f"MSH|^~\\&|EHR|SOUTH|RIS|NORTH|20260105113000+0000||ORU^R01|{control_id}|P|2.5",
        "ORC|RE|PL7|ACC7",
        ORDER[:-1] + "P",
        "OBX|1|TX|19005-8^Impression^LN||No acute disease.||||||P",
        "NTE|1|O|Machine-generated draft by flan-t5-xl 7, not verified by a radiologist.",
        "NTE|2|O|Flags: wrong_side, omitted",
    ]
    assert written.decode().split("\r") == [*expected, ""]


def test_the_same_arguments_make_the_same_bytes_and_others_another_id() -> None:
    ids = {
        one.split(b"|")[9]
        for one in (
            answered(good()),
            answered(good(), "Another draft."),
            answered(good(accession="ACC8")),
            answered(good(), flags=("omitted",)),
            answered(good(), at=AT + timedelta(seconds=1)),
        )
    }

    assert answered(good()) == answered(good())
    assert len(ids) == 5


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize(
    "draft", [DRAFT, "Größe: 3·4 cm.\n\n10^3 | <5 mm & ~2 \\ left.\n\\.br\\ <b>x</b>"]
)
def test_every_message_is_answered_and_the_draft_reads_as_it_was(case: Case, draft: str) -> None:
    written = answered(case.message, draft)

    assert impression_of(written) == draft
    assert detect(written) == "hl7"
    assert b"\n" not in written
    (found,) = frame([written])
    with pytest.raises(RecordRejectedError, match="no findings"):
        read(found, "object", 20_000)  # an answer that comes back is not drafted again


@settings(deadline=None, max_examples=300)
@given(
    draft=st.text(
        st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("\\|^~&\n.brEXT<>")
    )
    .map(str.strip)
    .filter(bool),
    charset=st.sampled_from(["", "ASCII", "8859/1", "8859/5", "UNICODE UTF-8", "UNICODE UTF-16"]),
    value=st.sampled_from(["Normal.", "Größe."]),
)
def test_any_draft_reads_as_it_was(draft: str, charset: str, value: str) -> None:
    message = oru(obx(value), head=header(charset))

    assert impression_of(answered(message, draft)) == draft


@pytest.mark.parametrize(
    ("charset", "encoding", "draft", "said", "written"),
    [
        ("8859/1", "latin-1", "Größe", "8859/1", "latin-1"),
        ("8859/1", "latin-1", "5 ≥ 4", "UNICODE UTF-8", "utf-8"),
        ("", "cp1252", "Größe", "", "cp1252"),
        ("", "utf-8", "Größe ≥", "", "utf-8"),
        ("8859/5", "iso8859_5", "Лёгкие", "8859/5", "iso8859_5"),
        ("UNICODE UTF-16", "utf-8", "Normal.", "UNICODE UTF-8", "utf-8"),
        ("UNICODE UTF-8", "utf-8", "Größe ≥", "UNICODE UTF-8", "utf-8"),
    ],
)
def test_an_answer_has_the_character_set_of_the_question(
    charset: str, encoding: str, draft: str, said: str, written: str
) -> None:
    value = "Лёгкие" if charset == "8859/5" else "Größe"
    order = ORDER.replace("Chest", value)
    assert order != ORDER
    message = oru(obx(value), head=header(charset), order=order, encoding=encoding)

    found = answered(message, draft)

    assert message_of(found).segments[0].value(18) == said
    assert value.encode(written) in found
    assert draft.encode(written) in found


def test_separators_are_those_of_the_question() -> None:
    text = good().decode().replace("|^~\\&|", "#!*/%#").replace("|", "#").replace("^", "!")

    written = answered(text.encode(), "a#b!c*d/e%f|g")

    assert b"a/F/b/S/c/R/d/E/e/T/f|g" in written
    assert written.startswith(b"MSH#!*/%#EHR#SOUTH#RIS#NORTH#20260105113000+0000##ORU!R01#")


def test_the_structure_is_named_where_the_question_names_one() -> None:
    written = answered(oru(obx(SEEN), head=header(kind="ORU^R01^ORU_R01")))

    assert message_of(written).segments[0].value(9) == "ORU^R01^ORU_R01"


def test_a_document_is_answered_by_an_order_made_from_it() -> None:
    message = message_of(answered(joined([*MDM, obx(SEEN)])))

    order = message.first("OBR")
    assert names_of(message) == ["MSH", "OBR", "OBX", "NTE"]
    assert message.segments[0].value(9) == "ORU^R01"
    assert order is not None
    assert [order.value(field) for field in (2, 3, 4, 7, 25)] == [
        "PL7",
        "ACC7",
        "RAD^Radiology report",
        "20260105091500",
        "P",
    ]


def test_a_report_without_an_order_is_answered_with_the_numbers_of_orc() -> None:
    message = message_of(answered(oru(obx(SEEN), order="")))

    order = message.first("OBR")
    assert order is not None
    assert (order.value(2), order.value(3), order.value(25)) == ("PL7", "ACC7", "P")


def test_kept_segments_are_byte_for_byte() -> None:
    order = 'OBR|1|PL7^A&B|ACC7~X|71046\\F\\^Chest||""|20260105' + "|" * 18 + "F|||x"
    written = answered(oru(obx(SEEN), order=order))

    lines = written.decode().split("\r")
    assert lines[2] == order.replace("F|||x", "P|||x")


def test_a_line_break_in_a_kept_segment_does_not_break_the_answer() -> None:
    order = "OBR|1|PL7|ACC7|71046^Chest\nradiograph" + "|" * 21 + "P"
    written = answered(oru(obx(SEEN), order=order))

    assert b"71046^Chest\\.br\\radiograph||" in written


def test_nothing_that_identifies_the_patient_is_in_the_answer() -> None:
    written = answered(good())

    assert names_of(message_of(written)) == ["MSH", "ORC", "OBR", "OBX", "NTE"]
    assert not [one for one in (b"QZNAME", b"900417", b"19600503") if one in written]


def test_another_reader_finds_the_draft() -> None:
    written = answered(good(), "10^3 | 2 & ~1 \\ left")

    parsed = hl7.parse(written.decode())
    value = parsed.segment("OBX")(5)
    assert hl7.parse(written.decode()).unescape(str(value)) == "10^3 | 2 & ~1 \\ left"
    assert str(parsed.segment("OBR")(25)) == "P"


def test_a_batch_is_answered_by_a_batch() -> None:
    first, second = answered(good()), answered(good(accession="ACC8"))

    before, between, after = envelope("hl7-batch", first, 2)

    whole = before + first + between + second + after
    control_id = first.split(b"|")[9]
    sender = b"|^~\\&|EHR|SOUTH|RIS|NORTH|20260105113000+0000||||" + control_id
    assert before == b"FHS" + sender + b"\rBHS" + sender + b"\r"
    assert after == b"BTS|2\rFTS|1\r"
    assert detect(whole) == "hl7-batch"
    assert [found.data for found in frame([whole])] == [first, second]


@pytest.mark.parametrize("form", ["hl7", "lines", "text"])
def test_messages_that_are_no_batch_follow_each_other(form: Form) -> None:
    assert envelope(form, answered(good()), 2) == (b"", b"", b"")


def test_each_record_of_a_message_has_an_answer_of_its_own() -> None:
    orders = [ORDER, obx(SEEN), ORDER.replace("ACC7", "ACC8"), obx(SEEN)]
    frames = list(frame([joined([HEADER, PATIENT, *orders])]))

    written = [told(found) for found in frames]
    ids = [str(message_of(one).segments[0].value(10)) for one in written]
    assert len(set(ids)) == 2
    assert b"ACC7" in written[0]
    assert b"ACC8" in written[1]
    assert b"ACC7" not in written[1]


def told(found: Frame) -> bytes:
    record = read(found, "object", 20_000)
    return answer(found.data or b"", record, DRAFT, model="m", version="1", flags=(), at=AT)


def test_a_draft_that_would_read_as_another_text_is_written_in_utf_8() -> None:
    # In Latin-1, these two characters are the bytes of one in UTF-8.
    written = answered(oru(obx(SEEN), head=header("8859/1")), "\u00c3\u00bc")

    assert message_of(written).segments[0].value(18) == "UNICODE UTF-8"
    assert impression_of(written) == "\u00c3\u00bc"
