from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.frames import Frame
from chalicelib.intake.json_text.problems import place
from chalicelib.intake.json_text.reading import read_record

CANARY = "canary-text"

# Each with the id "r" before the damage, in line 1; what is wrong and where.
DAMAGED = [
    ('"findings": "canary-text', "the string that begins at line 1, column 26 is not closed"),
    ('"findings": "canary-text"', "the bracket that opens at line 1, column 1 is not closed"),
    ('"x": [1, 2', "the bracket that opens at line 1, column 19 is not closed"),
    ('"x": [1}', "the bracket at line 1, column 21 does not match the one at line 1, column 19"),
    ('"findings": "canary-text",}', "a comma at line 1, column 39 has nothing after it"),
    ('"x": [1, 2, ], "y": 1}', "a comma at line 1, column 24 has nothing after it"),
    ('"findings": "canary-text" "x": 1}', "a comma is missing at line 1, column 40"),
    ('"findings" "canary-text"}', "a colon is missing at line 1, column 25"),
    ('"findings": , "x": 1}', "a value is missing at line 1, column 26"),
    ("'findings': 'canary-text'}", "the single quote at line 1, column 14 is not a quotation mark"),
    ("\"findings\": 'canary-text'}", "the single quote at line 1, column 26 is not a quotation"),
    ('\n"findings": \u201ccanary-text\u201d}', "the typographic quote at line 2, column 13"),
    ('findings: "canary-text"}', "a key without double quotes begins at line 1, column 14"),
    ('"findings": NaN}', "NaN at line 1, column 26 is not a JSON value; write null"),
    ('"findings": "NaN", "x": -Infinity}', "-Infinity at line 1, column 38 is not a JSON value"),
    ('"findings": None}', "the word or number at line 1, column 26 is not a JSON value"),
    ('"findings": "a\\xb"}', "a backslash at line 1, column 28 does not begin a valid escape"),
    ('"findings": "a\\u12"}', "a backslash at line 1, column"),
    ('"findings": "\\ud800"}', "the escape at line 1, column 27 is half of a surrogate pair"),
    ('"findings": "\\ud83d\\ude00\\udc00"}', "the escape at line 1, column 39 is half of"),
    ('"findings": "canary-text"} canary', "it has text after the object at line 1, column 41"),
    ('"findings": "canary-text"}}', "it has a closing bracket too many at line 1, column 40"),
    ('// canary-text\n"findings": "x"}', "no comments; remove the one at line 1, column 14"),
    ('"findings": "x"} # canary-text', "no comments; remove the one at line 1, column 31"),
    ('\n\ufeff"findings": "canary-text"}', "the byte order mark (U+FEFF) at line 2, column 1"),
    (
        '"findings": "é canary "text""}',
        "the string that begins at line 1, column 26 is not closed, or",
    ),
    (
        '"findings": "canary\n"x": "y"}',
        "the string that begins at line 1, column 26 is not closed, or",
    ),
]


def rejected(data: bytes) -> RecordRejectedError:
    with pytest.raises(RecordRejectedError) as caught:
        read_record(Frame(7, 0, data), "object", 100)
    assert (caught.value.index, caught.value.field) == (7, "record")
    assert "canary" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(("rest", "problem"), DAMAGED)
def test_each_problem_is_named_with_its_place_and_the_id(rest: str, problem: str) -> None:
    error = rejected(f'{{ "id": "r", {rest}'.encode())

    assert f"record 7: record: is not valid JSON: {problem}" in str(error) or (
        f"record 7: record: is not valid JSON: JSON has {problem}" in str(error)
    )
    assert error.report_id == "r"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ('"id": "r", "findings": "canary"}', "the opening brace of the object is missing"),
        ('// canary {"a": 1}', "it is a comment, not a record; remove it"),
        ("# canary", "it is a comment, not a record; remove it"),
        ('canary {"a": 1}', "it has text before the object at line 1, column 1"),
        ("canary", "it is text, not a JSON object"),
        ("}", "it has a closing bracket too many at line 1, column 1"),
    ],
)
def test_what_is_no_object_is_named(data: str, problem: str) -> None:
    assert f"is not valid JSON: {problem}" in str(rejected(data.encode()))


@pytest.mark.parametrize("bad", [b"\xff", b"\xed\xa0\x80", b"\xc3"])
def test_bytes_that_are_not_utf_8_have_a_place(bad: bytes) -> None:
    error = rejected('{"findings":\n"éa'.encode() + bad + b'b"}')

    assert "record: is not valid UTF-8 at line 2, column 4" in str(error)


@pytest.mark.parametrize(
    ("data", "report_id"),
    [
        ('{"findings": "x", "id": 17, "y": }', "17"),
        ('{"id": 1, "report_id": "r", "study_id": "s", "y": }', "r"),
        ('{"site": {"id": "no"}, "y": }', None),
        ('{"y": , "id": "behind"}', None),
        ('{"id": "a", "id": "b", "y": }', None),
        ('{"id": 1.5, "y": }', None),
        ('{"id": "\\ud800", "y": 1}', None),
        ('{"id": "' + "x" * 257 + '", "y": }', None),
        ('{"id": "r", "findings": "x", "findings": "x"}', "r"),
        ('{"id": "two\nlines", "y": }', "two\nlines"),
    ],
)
def test_id_is_read_only_where_it_is_certain(data: str, report_id: str | None) -> None:
    assert rejected(data.encode()).report_id == report_id


def test_places_are_counted_in_characters_from_1() -> None:
    assert place("é\n🫁b", 0) == "at line 1, column 1"
    assert place("é\n🫁b", 3) == "at line 2, column 2"


MARKS = st.text(st.sampled_from("{}[]\":,\\'/#\n\t\0 aN1e-é\ufeff"), max_size=30)


@settings(deadline=None, max_examples=300)
@given(before=MARKS, after=MARKS)
def test_any_damage_has_a_message_without_text(before: str, after: str) -> None:
    data = f'{{"id": "r", {before}"findings": "canary-text"{after}'.encode()
    try:
        found = read_record(Frame(7, 0, data), "object", 100)
    except RecordRejectedError as error:
        assert CANARY not in str(error)
        return
    assert found.findings == json.loads(data, strict=False)["findings"]
