from __future__ import annotations

import codecs
import gzip
import itertools
import json
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import FileRejectedError, RecordRejectedError
from chalicelib.intake.decoding import TextStream
from chalicelib.intake.frames import HEAD_BYTES, MAX_RECORD_BYTES, Form, Frame
from chalicelib.intake.json_text.framing import detect_form, frame
from chalicelib.intake.json_text.reading import read_record
from chalicelib.intake.reading import scan

MODEST = settings(deadline=None, max_examples=120)
LIMIT = 50_000_000

TEXT = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    ['say "ah"', "back\\slash\\", "{[", "]}", "a,b", "two\nlines", "\\", '"', "\ufeff", "\u2028"]
)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner | TEXT, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.lists(st.dictionaries(TEXT, VALUE | TEXT, max_size=3), min_size=1, max_size=6)
PLACES = st.lists(st.integers(0, 2000), max_size=10)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:stop] for start, stop in itertools.pairwise(edges)]


@st.composite
def written(draw: st.DrawFn) -> tuple[list[Any], str]:
    """Records, and one of the ways in which a hospital may write them down."""
    records = draw(RECORDS)
    form = draw(st.sampled_from(["array", "lines", "object"]))
    ascii_only = draw(st.booleans())
    if form == "object":
        indent = draw(st.sampled_from([None, 0, 2, "\t"]))
        return records[:1], json.dumps(records[0], ensure_ascii=ascii_only, indent=indent) + "\n"
    if form == "array":
        indent = draw(st.sampled_from([None, 0, 2]))
        around = draw(st.sampled_from(["", "\n", " \r\n\t"]))
        listed = json.dumps(records, ensure_ascii=ascii_only, indent=indent)
        return records, around + listed + around
    lines = [json.dumps(record, ensure_ascii=ascii_only) for record in records]
    ends = draw(
        st.lists(
            st.sampled_from(["\n", "\r\n", "\n\n", "\n \r\n\t"]),
            min_size=len(lines),
            max_size=len(lines),
        )
    )
    text = "".join(line + end for line, end in zip(lines, ends, strict=True))
    return records, text if draw(st.booleans()) else text.rstrip(" \t\r\n")


def encoded(text: str, encoding: str, *, zipped: bool) -> bytes:
    data = text.encode(encoding)
    if encoding == "utf-16-be":
        data = codecs.BOM_UTF16_BE + data
    return gzip.compress(data) if zipped else data


@MODEST
@given(
    records_and_text=written(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]),
    zipped=st.booleans(),
    places=PLACES,
)
def test_written_records_are_framed_at_their_places_and_read_on_from_each(
    records_and_text: tuple[list[Any], str], encoding: str, places: list[int], *, zipped: bool
) -> None:
    records, text = records_and_text
    data = encoded(text, encoding, zipped=zipped)

    pieces = list(TextStream(cut(data, places), LIMIT))
    whole = b"".join(pieces)
    form = detect_form(whole)
    assert form is not None
    frames = list(frame(pieces, form))

    assert [json.loads(one.data or b"") for one in frames] == records
    assert [one.index for one in frames] == list(range(len(records)))
    for one in frames:
        assert whole[one.offset :].lstrip(b" \r\n\t[,").startswith(one.data or b"")
    for later in frames[1:]:
        rest = frame(cut(whole[later.offset :], places), form, later.index, later.offset)
        assert list(rest) == frames[later.index :]


SHREDS = st.lists(
    st.sampled_from(
        [
            *(bytes([mark]) for mark in b'{}[]"\\,:\n a1\xff\0'),
            *(b'{"findings":"x"}', b"NaN", b"\xef\xbb\xbf", b"\xed\xa0\x80"),
        ]
    ),
    max_size=30,
).map(b"".join)


@MODEST
@given(
    data=st.binary(max_size=80) | SHREDS,
    before=st.sampled_from([b"", b"[", b"{", b"\xff\xfe", b"\x1f\x8b\x08"]),
    places=PLACES,
    zipped=st.booleans(),
)
def test_arbitrary_bytes_raise_nothing_but_rejections(
    data: bytes, before: bytes, places: list[int], *, zipped: bool
) -> None:
    whole = gzip.compress(before + data) if zipped else before + data

    reason, frames = "none", []
    try:
        frames = scan(TextStream(cut(whole, places), LIMIT), stride=1000).head
    except FileRejectedError as error:
        reason = error.reason
    for one in frames:
        with suppress(RecordRejectedError):
            read_record(one, "object", 100)

    assert reason in {
        *(
            "none",
            "BrokenGzip",
            "BrokenText",
            "BrokenJson",
            "NotJson",
            "UnknownFormat",
            "Empty",
            "Packed",
        ),
    }
    assert [one.index for one in frames] == list(range(len(frames)))


TANGLED = st.lists(
    st.sampled_from(
        [
            *(bytes([mark]) for mark in b'{}[]"\\,:\n a1\xff\0\r\t'),
            *(b'{"a":1}', b'{"report_id":"x"}', b'\n{"a":[1,\n', b'"a":', b'{"a":', b"[{", b"}\n{"),
            *(
                b"},{",
                b"NaN",
                b"\xef\xbb\xbf",
                b"    ",
                b"true",
                b"tru",
                b"oops",
                b'"x\n',
                b"," * 24,
            ),
            *(b'{"records":[', b'],"n":1}', b'\n  {"b":2}', b"x" * 30, b"\n" * 20),
        ]
    ),
    max_size=40,
).map(b"".join)


@settings(deadline=None, max_examples=400)
@given(
    text=TANGLED | TANGLED.map(lambda text: b'{"records":[' + text + b"]}"),
    places=PLACES,
    form=st.sampled_from(["array", "lines", "object", "wrapped"]),
    longest=st.sampled_from([10, 40, 96, 1_000_000]),
)
def test_frames_are_the_same_wherever_pieces_end_and_reading_begins(
    text: bytes, places: list[int], form: Form, longest: int
) -> None:
    def outcome(pieces: list[bytes], index: int = 0, offset: int = 0) -> list[Frame] | str:
        try:
            return list(frame(pieces, form, index, offset, longest))
        except FileRejectedError as error:
            return str(error)

    whole = outcome([text])

    assert outcome(cut(text, places)) == whole
    assert outcome([text[at : at + 1] for at in range(len(text))]) == whole
    if isinstance(whole, str):
        return
    for later in whole[1:]:
        rest = outcome(cut(text[later.offset :], places), later.index, later.offset)
        assert rest == whole[later.index :]
    for one, following in itertools.pairwise(whole[1:]):
        alone = outcome([text[one.offset : following.offset]], one.index, one.offset)
        assert alone[:1] == [one]


@pytest.mark.parametrize("size", [7, 64, 1 << 16, MAX_RECORD_BYTES + 9])
@pytest.mark.parametrize(
    "line", [b" " * (MAX_RECORD_BYTES + 5), b" " * MAX_RECORD_BYTES + b"{}", b"{}" + b" " * 2**20]
)
def test_white_space_is_no_part_of_a_record_however_long(line: bytes, size: int) -> None:
    text = b"{}\n" + line + b"\n{}"
    pieces = [text[start : start + size] for start in range(0, len(text), size)]

    frames = list(frame(pieces, "lines"))

    assert [one.data for one in frames] == [b"{}"] * (2 if not line.strip() else 3)
    assert frames[-1].offset == len(text) - 3


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (b"", None),
        (b" \r\n\t", None),
        (b"{}", "lines"),
        (b'{"a": 1}\n', "lines"),
        (b"[]", "array"),
        (b"\n [", "array"),
        (b'{"a": 1}\n{"a": 2}\n', "lines"),
        (b'{"a": 1} trailing\n{"a": 2}\n', "lines"),
        (b'{\n  "a": 1\n}', "lines"),
        (b'{"a":\n{"b": 1}}', "lines"),
        (b'{"images": [\n{"id": 1},\n{"id": 2}\n], "findings": "x"}', "lines"),
        (b'# a comment\n{\n"a": 2\n}', "lines"),
        (b'"report_id": "a"}{"report_id": "b"}', "lines"),
        (b'{"a": "not closed\n{"a": 2}\n', "lines"),
        (b'{"a": "Heart:\n{"a": "ok"}\n{"a": "ok"}\n', "lines"),
        (b'{"a":\n{"a": 2}\n{"a": 3}\n', "lines"),
        (b'{"a": "cut\n{"a": "ok"}\na": "cut"}\n', "lines"),
        (b'{"a": "two\nlines"\n}', "lines"),
        (b'not json\n{"a": 2}\n', "lines"),
        (b'{"a": "x\\', "lines"),
    ],
)
def test_form_is_told_by_content(text: bytes, form: Form | None) -> None:
    assert detect_form(text) == form


@pytest.mark.parametrize("text", [b"\x89PNG\r\n\x1a\n", b"hello", b'"text"', b"17\n18", b"<a/>"])
def test_what_holds_no_object_is_no_json(text: bytes) -> None:
    with pytest.raises(FileRejectedError) as caught:
        detect_form(text)

    assert caught.value.reason == "NotJson"


@pytest.mark.parametrize(
    "text",
    [
        b"[",
        b"[1",
        b"[1,",
        b"[1] 2",
        b"[1] [",
        b'["a',
        b'[{"a": 1}, {"b": 2',
        b"[[]",
        b'{"records": [{"a": 1}, {"a": 2}',
        b'{"records": [{"a": 1}], "more": [{"a": 2}]}',
        b'{"records": [{"a": 1}], "findings": "x"}',
        b'{"records": [{"a": 1}], "next": }',
        b'{"records": [{"a": 1}]} {"a": 2}',
    ],
)
def test_arrays_that_are_not_complete_are_rejected_as_a_whole(text: bytes) -> None:
    with pytest.raises(FileRejectedError) as caught:
        list(frame([text], "array" if text.startswith(b"[") else "wrapped"))

    assert caught.value.reason == "BrokenJson"


def test_broken_array_is_told_by_the_place_and_not_the_text() -> None:
    text = b'[{"findings": "secret"}, {"findings": "secret"}, '

    with pytest.raises(FileRejectedError) as caught:
        list(frame([text], "array"))

    assert "record 2, byte 49" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("text", [b"[]", b" [ ] \n"])
def test_empty_array_has_no_records(text: bytes) -> None:
    assert list(frame([text], "array")) == []


@pytest.mark.parametrize(
    ("text", "records"),
    [
        (b"[1,]", [b"1"]),
        (b"[,1]", [b"1"]),
        (b"[1 2]", [b"1 2]"]),
        (b"[1]]", [b"1"]),
        (b'["a\\"]', [b'"a\\"]']),
        (b'[{"a": 1]', [b'{"a": 1]']),
        (b'[{"a": "}]', [b'{"a": "}]']),
        (b"[}]", [b"}]"]),
        (b"[{}:{}]", [b"{}:{}]"]),
        (b'[{"a": 1},\n{"a": 2},\n]\n', [b'{"a": 1}', b'{"a": 2}']),
        (b'[{"a": 1}]\n[{"a": 2}]\n', [b'{"a": 1}', b'{"a": 2}']),
        (b'[{"a": "x}, {"a": 2}, {"a": 3}]', [b'{"a": "x}', b'{"a": 2}', b'{"a": 3}']),
    ],
)
def test_array_that_ends_is_read_whatever_its_elements_are(
    text: bytes, records: list[bytes]
) -> None:
    assert [one.data for one in frame([text], "array")] == records


def test_damaged_line_costs_only_itself() -> None:
    text = b'{"a": 1}\n{"a": "}\n\n{"a": 3}'

    frames = list(frame([text], "lines"))

    assert [one.data for one in frames] == [b'{"a": 1}', b'{"a": "}', b'{"a": 3}']


def test_elements_that_are_no_objects_are_records_to_be_rejected_one_by_one() -> None:
    frames = list(frame([b'[1, "a]", null, [2, [3]], {}]'], "array"))

    assert [one.data for one in frames] == [b"1", b'"a]"', b"null", b"[2, [3]]", b"{}"]


def long_value(kind: str) -> bytes:
    size = MAX_RECORD_BYTES + 200_000
    return {
        "object": b'{"a": "' + b"x" * size + b'"}',
        "escapes": b'{"a": "' + b'\\"' * (size // 2) + b'"}',
        "string": b'"' + b"x" * size + b'"',
        "scalar": b"1" * size,
        "brackets": b"[" * (size // 2) + b"]" * (size // 2),
    }[kind]


@pytest.mark.parametrize("kind", ["object", "escapes", "string", "scalar", "brackets"])
@pytest.mark.parametrize("form", ["array", "lines"])
@pytest.mark.parametrize("step", [1 << 16, 1 << 24])
def test_too_long_record_is_passed_over_and_its_neighbours_are_not(
    kind: str, form: Form, step: int
) -> None:
    value = long_value(kind)
    text = b'{"n":1}\n' + value + b'\n{"n":3}'
    if form == "array":
        text = b"[" + text.replace(b"\n", b",") + b"]"

    frames = list(frame((text[at : at + step] for at in range(0, len(text), step)), form))

    first = text.index(b"{")
    between = 0 if form == "array" else -1  # a line's frame begins at the newline before it
    assert frames == [
        Frame(0, first, b'{"n":1}'),
        Frame(1, first + 8 + between, None),
        Frame(2, first + 9 + len(value) + between, b'{"n":3}'),
    ]


@pytest.mark.parametrize("form", ["array", "lines", "object"])
@pytest.mark.parametrize(("more", "fits"), [(0, True), (1, False)])
def test_longest_record_is_just_of_the_limit(form: Form, more: int, *, fits: bool) -> None:
    record = b'{"a":"' + b"x" * (MAX_RECORD_BYTES - 8 + more) + b'"}'
    text = b"[" + record + b"]" if form == "array" else record

    (found,) = frame([text[:1000], text[1000:]], form)

    assert found.data == (record if fits else None)


def test_memory_is_flat_however_many_records_there_are() -> None:
    line = b'{"findings": "' + b"x" * 500 + b'"}'

    def pieces() -> Iterator[bytes]:
        yield b"["
        for _ in range(20_000):
            yield line + b","
        yield line + b"]"

    tracemalloc.start()
    found = scan(TextStream(pieces(), LIMIT), stride=50)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found.total == 20_001
    assert len(found.offsets) == 401
    assert len(found.head) == 50
    assert peak < 4 * HEAD_BYTES
