from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import FileRejectedError, RecordRejectedError
from chalicelib.intake.frames import MAX_RECORD_BYTES, Form, Frame
from chalicelib.intake.hl7.framing import detect, frame
from chalicelib.intake.hl7.reading import read
from tests.hl7.building import (
    HEADER,
    IMPRESSION,
    ORDER,
    PATIENT,
    SEEN,
    block,
    good,
    header,
    joined,
    obx,
    oru,
)
from tests.hl7.cases import CASES, WRONG

BOM = b"\xef\xbb\xbf"
ENVELOPE = b"|^~\\&|RIS|NORTH|EHR|SOUTH|20260105\r"
BROKEN = oru(obx("^TEXT^^Base64^SGVh!", kind="ED"))


def batch(*messages: bytes, count: str | None = None) -> bytes:
    said = str(len(messages)) if count is None else count
    after = f"BTS|{said}\rFTS|1\r".encode()
    return b"FHS" + ENVELOPE + b"BHS" + ENVELOPE + b"".join(messages) + after


def goods(*numbers: int) -> list[bytes]:
    return [good(f"MSG{number}", f"ACC{number}") for number in numbers]


def outcomes(text: bytes) -> list[str]:
    """The id of each record, or where it is wrong."""
    return [outcome(found) for found in frame([text])]


def outcome(found: Frame) -> str:
    try:
        return read(found, "object", 20_000).report_id.removesuffix(f"-{found.index}")
    except RecordRejectedError as error:
        assert error.index == found.index
        return error.field


def order(accession: str, *observations: str) -> list[str]:
    return [f"ORC|RE|PL|{accession}", ORDER.replace("ACC7", accession), *observations]


FINDING = obx(SEEN)
TWO_ORDERS = joined([HEADER, PATIENT, *order("A1", FINDING), *order("A2", FINDING)])
TEXTS = {
    "one": good(),
    "three": b"".join(goods(1, 2, 3)),
    "LF": b"".join(goods(1, 2)).replace(b"\r", b"\n"),
    "CRLF and blank lines": b"\r\n".join(goods(1, 2)).replace(b"\r", b"\r\n") + b"\r\n\r\n",
    "blocks": b"".join(map(block, goods(1, 2))),
    "batch": batch(*goods(1, 2, 3)),
    "batch in a block": block(batch(*goods(1, 2))),
    "wrong count": batch(*goods(1, 2), count="3"),
    "two orders": TWO_ORDERS + good(),
    "BOM between": BOM + BOM.join(goods(1, 2)),
    "no line end between": good("M1", "A1")[:-1] + good("M2", "A2"),
    "log line": b"2026-01-05 10:30 received:\n" + good(),
    "spaces before": b"  \r\n  " + b"  ".join(goods(1, 2)),
    "block that does not end": b"\x0b" + good("M1", "A1") + block(good("M2", "A2")),
    "text behind a block": block(good()) + b"received\r" + block(good()),
    "broken": batch(good(), BROKEN, joined([header(kind="ADT^A01"), PATIENT]), good()),
    "other separators": good().replace(b"|", b"#") + good(),
}
READ = {
    "one": ["ACC7"],
    "three": ["ACC1", "ACC2", "ACC3"],
    "LF": ["ACC1", "ACC2"],
    "CRLF and blank lines": ["ACC1", "ACC2"],
    "blocks": ["ACC1", "ACC2"],
    "batch": ["ACC1", "ACC2", "ACC3"],
    "batch in a block": ["ACC1", "ACC2"],
    "wrong count": ["ACC1", "ACC2", "BTS-1"],
    "two orders": ["A1", "A2", "ACC7"],
    "BOM between": ["ACC1", "ACC2"],
    "no line end between": ["A1", "A2"],
    "log line": ["MSH", "ACC7"],
    "spaces before": ["ACC1", "ACC2"],
    "block that does not end": ["MLLP", "A2"],
    "text behind a block": ["ACC7", "MSH", "ACC7"],
    "broken": ["ACC7", "OBX[1]-5", "MSH-9", "ACC7"],
    "other separators": ["ACC7", "ACC7"],
}


@pytest.mark.parametrize("name", TEXTS)
def test_each_report_is_a_record(name: str) -> None:
    assert outcomes(TEXTS[name]) == READ[name]


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("size", [1, 2, 3, 47, 48, 49, 1000])
def test_where_pieces_end_changes_nothing(name: str, size: int) -> None:
    text = TEXTS[name]

    assert list(frame(cut(text, size))) == list(frame([text]))


@pytest.mark.parametrize("name", TEXTS)
def test_a_later_reader_begins_at_the_offset_of_a_message(name: str) -> None:
    text = TEXTS[name]
    frames = list(frame([text]))

    for found in frames:
        first = found.index - found.part
        assert list(frame([text[found.offset :]], first, found.offset)) == frames[first:]


@pytest.mark.parametrize("name", TEXTS)
def test_the_bytes_up_to_the_next_message_are_enough(name: str) -> None:
    text = TEXTS[name]
    frames = list(frame([text]))

    for stop in {found.offset for found in frames}:
        before = [found for found in frames if found.offset < stop]
        assert list(frame([text[:stop]]))[: len(before)] == before


@settings(deadline=None, max_examples=60)
@given(
    messages=st.lists(
        st.sampled_from([case.message for case in CASES + list(WRONG)]), min_size=1, max_size=4
    ),
    size=st.integers(1, 900),
)
def test_each_message_alone_is_the_same_record(messages: list[bytes], size: int) -> None:
    # One that does not end is followed by another line here.
    ended = [
        message if message.endswith((b"\r", b"\n")) else message + b"\r" for message in messages
    ]
    alone = [outcome(found) for message in ended for found in frame([message])]

    assert [outcome(found) for found in frame(cut(b"".join(ended), size))] == alone


def cut(text: bytes, size: int) -> list[bytes]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def test_an_order_has_the_header_and_the_patient_and_its_own_segments() -> None:
    first, second = frame([TWO_ORDERS])

    assert first == Frame(0, 0, joined([HEADER, PATIENT, *order("A1", FINDING)]))
    assert second == Frame(1, 0, joined([HEADER, PATIENT, *order("A2", FINDING)]), 1)


def test_the_patient_of_an_order_is_the_one_before_it() -> None:
    other = PATIENT.replace("|F", "|M")
    text = joined([HEADER, PATIENT, *order("A1", FINDING), other, *order("A2", FINDING)])

    records = [read(found, "object", 20_000) for found in frame([text])]
    assert [record.metadata and record.metadata["sex"] for record in records] == ["F", "M"]


def test_two_patients_without_orders_are_two_records() -> None:
    text = joined([HEADER, PATIENT, FINDING, PATIENT, FINDING])

    assert outcomes(text) == ["MSG1", "MSG1-2"]


def test_a_patient_without_an_order_is_not_lost() -> None:
    text = joined([HEADER, PATIENT, PATIENT, *order("A1", FINDING), PATIENT])

    assert outcomes(text) == ["OBX", "A1", "OBX"]


def test_an_order_without_a_report_among_others_is_neither_lost_nor_joined() -> None:
    text = joined([HEADER, PATIENT, *order("A1"), *order("A2", FINDING)])

    assert outcomes(text) == ["OBX", "A2"]


def test_orders_of_orc_alone_are_told_apart() -> None:
    text = joined([HEADER, PATIENT, "ORC|RE|P|A1", FINDING, "ORC|RE|P|A2", FINDING])

    assert outcomes(text) == ["A1", "A2"]


def test_orders_without_numbers_are_counted() -> None:
    text = joined([HEADER, PATIENT, "OBR|1", FINDING, "OBR|2", FINDING])

    assert outcomes(text) == ["MSG1", "MSG1-2"]


def test_orders_without_any_report_are_one_failure() -> None:
    assert outcomes(joined([HEADER, PATIENT, *order("A1"), *order("A2")])) == ["OBX"]


def test_a_specimen_between_belongs_to_its_order() -> None:
    own = ["SPM|1", FINDING, "SPM|2", obx("Fine.", IMPRESSION)]
    text = joined([HEADER, PATIENT, *order("A1", *own), *order("A2", FINDING)])

    first, _ = (read(found, "object", 20_000) for found in frame([text]))
    assert (first.findings, first.impression) == (SEEN, "Fine.")


@pytest.mark.parametrize("count", ["", "2", "1", "x"])
def test_a_batch_may_count_what_is_there_or_nothing(count: str) -> None:
    assert outcomes(batch(*goods(1, 2), count=count)) == ["ACC1", "ACC2"]


def test_a_batch_needs_no_trailer() -> None:
    text = batch(*goods(1, 2))

    assert outcomes(text[: text.index(b"BTS")]) == ["ACC1", "ACC2"]


def test_segments_outside_a_message_are_a_failure() -> None:
    text = batch(*goods(1)) + joined([FINDING])

    assert outcomes(text) == ["ACC1", "MSH"]


def test_a_message_that_is_too_long_fails_alone() -> None:
    long = oru(obx("x" * MAX_RECORD_BYTES))
    text = good() + long + good()

    for pieces in ([text], cut(text, 1 << 16)):
        frames = list(frame(pieces))
        assert [found.data is None for found in frames] == [False, True, False]
        assert [found.offset for found in frames] == [0, len(good()), len(good()) + len(long)]


def test_a_message_whose_records_are_too_long_together_fails_alone() -> None:
    patient = PATIENT + "x" * (MAX_RECORD_BYTES // 2)
    orders = [one for at in range(1000) for one in order(f"A{at}", FINDING)]
    text = good() + joined([HEADER, patient, *orders]) + good()

    assert outcomes(text) == ["ACC7", "MSH", "ACC7"]


def test_memory_is_flat() -> None:
    one = good()

    def pieces() -> Iterator[bytes]:
        for _ in range(50):
            yield one * 100

    tracemalloc.start()
    try:
        count = sum(1 for _ in frame(pieces()))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count == 5_000
    assert peak < 1_000_000


@pytest.mark.parametrize(
    "text",
    [
        b"MSH|^~\\&|",
        b"\nMSH##\n|^~\\&|",
        b"\r",
        b"\n \x0b",
        b"\x1c",
        b"MSH|^~\\&|\rPID|1\rOBX|",
        b"\nORC|\nOBX|",
    ],
)
def test_time_is_linear(text: bytes) -> None:
    whole = HEADER.encode() + text * (2_000_000 // len(text))

    start = time.process_time()
    for _ in frame(cut(whole, 1 << 16)):
        pass

    assert time.process_time() - start < 20


def test_memory_is_flat_in_the_length_of_a_message() -> None:
    def pieces() -> Iterator[bytes]:
        yield good()[:-1]
        yield from (b"x" * 100_000 for _ in range(300))

    tracemalloc.start()
    try:
        (found,) = frame(pieces())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert found == Frame(0, 0, None)
    assert peak < 4_000_000


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (good(), "hl7"),
        (b" \r\n\t" + good(), "hl7"),
        (BOM + good(), "hl7"),
        (block(good()), "hl7"),
        (b"MSH|^~\\", "hl7"),
        (b"2026-01-05 received\n" + good(), "hl7"),
        (batch(good()), "hl7-batch"),
        (b"BHS" + ENVELOPE + good(), "hl7-batch"),
        (block(batch(good())), "hl7-batch"),
        (b"", None),
        (b"  \r\n", None),
        (b"MSH", None),
        (b"MSH: normal. FINDINGS: clear.", None),
        (b"MSH - a hormone", None),
        (b"MSHA|1", None),
        (b"FINDINGS:\nMSH: normal.\n", None),
        (b"PID|1||900417", None),
        (b"BTS|1\r", None),
        (b'{"findings": "x\nMSH|^~\\&|RIS|"}', None),
        (b'[{"findings": "MSH|^~\\&|RIS|"}]', None),
        (b"Report\nMSH#!*/%#", None),
        (b"x" * 5000 + b"\n" + good(), None),
    ],
    ids=range(22),
)
def test_hl7_is_told_by_its_header(head: bytes, form: Form | None) -> None:
    assert detect(head) == form


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_byte_order_mark_is_named(encoding: str) -> None:
    with pytest.raises(FileRejectedError, match="UTF-16 without a byte order mark"):
        detect(good().decode().encode(encoding))
