from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.frames import Frame
from chalicelib.intake.json_text.reading import read_record
from chalicelib.intake.record import Record

CANARY = "canary-text"


def read(values: Any, limit: int = 100) -> Record:
    data = values if isinstance(values, bytes) else json.dumps(values).encode()
    return read_record(Frame(7, 0, data), "object", limit)


def rejected(values: Any, limit: int = 100) -> RecordRejectedError:
    with pytest.raises(RecordRejectedError) as caught:
        read(values, limit)
    assert caught.value.index == 7
    assert CANARY not in str(caught.value)
    return caught.value


def test_smallest_record_is_named_by_its_object_and_place() -> None:
    assert read({"findings": "Clear."}) == Record(7, "object-7", "Clear.")


def test_whole_record() -> None:
    values = {"study_id": "s1", "findings": "Clear.", "impression": "Normal.", "age": 40, "x": [{}]}

    record = read(values)

    assert record == Record(
        7, "s1", "Clear.", "Normal.", {"age": 40, "x": [{}]}, context={"age": "40"}
    )


@pytest.mark.parametrize(
    ("ids", "report_id", "metadata"),
    [
        ({"report_id": "r", "study_id": "s", "id": "i"}, "r", {"study_id": "s", "id": "i"}),
        ({"study_id": "s", "id": "i"}, "s", {"id": "i"}),
        ({"id": "i"}, "i", None),
        ({"report_id": None, "id": "i"}, "i", {"report_id": None}),
        ({"id": "../a/'; DROP"}, "../a/'; DROP", None),
        ({"id": "x" * 256}, "x" * 256, None),
    ],
)
def test_first_id_that_is_present_names_the_report(
    ids: dict[str, Any], report_id: str, metadata: dict[str, Any] | None
) -> None:
    record = read({"findings": "Clear.", **ids})

    assert record.report_id == report_id
    assert record.metadata == metadata


@pytest.mark.parametrize("written", [b"17", b"-3", b"0", b"123456789012345678901234567890"])
@pytest.mark.parametrize("name", ["report_id", "study_id", "id"])
def test_whole_number_is_an_id_as_it_is_written(name: str, written: bytes) -> None:
    record = read(b'{"findings": "Clear.", "%s": %s}' % (name.encode(), written))

    assert record == Record(7, written.decode(), "Clear.")


@pytest.mark.parametrize("written", [b"17.0", b"1e3", b"1E3", b"true", b"-1.5"])
def test_any_other_number_is_no_id(written: bytes) -> None:
    error = rejected(b'{"findings": "Clear.", "id": %s}' % written)

    assert (error.field, error.report_id) == ("id", None)


@pytest.mark.parametrize(
    "value", [17.0, True, ["a"], 10**256, {}, "", " \t", "x" * 257, CANARY * 30]
)
@pytest.mark.parametrize("name", ["report_id", "study_id", "id"])
def test_unusable_id_rejects_the_record(name: str, value: Any) -> None:
    error = rejected({"findings": "Clear.", name: value})

    assert error.field == name
    assert error.report_id is None


@pytest.mark.parametrize(
    ("values", "field", "problem"),
    [
        ({"other": 1}, "findings", "is missing"),
        ({"findings": None}, "findings", "Expected `str`, got `null`"),
        ({"findings": 5}, "findings", "Expected `str`, got `int`"),
        ({"findings": [CANARY]}, "findings", "Expected `str`, got `array`"),
        ({"findings": ""}, "findings", "is blank"),
        ({"findings": " \n\u00a0"}, "findings", "is blank"),
        ({"findings": "x" * 101}, "findings", "is longer than 100 characters; shorten it"),
        ({"findings": CANARY, "impression": 5}, "impression", "Expected `str | null`, got `int`"),
        ([CANARY], "record", "Expected `object`, got `array`"),
        (CANARY, "record", "Expected `object`, got `str`"),
        (None, "record", "Expected `object`, got `null`"),
    ],
)
def test_unusable_values_name_their_field(values: Any, field: str, problem: str) -> None:
    error = rejected(values)

    assert (error.field, str(error)) == (field, f"record 7: {field}: {problem}")


def test_rejected_record_keeps_its_name() -> None:
    assert rejected({"id": "i", "findings": ""}).report_id == "i"
    assert rejected({"id": "i"}).report_id == "i"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "not valid JSON"),
        (b'{"findings": "canary-text', "not valid JSON"),
        (b'{"findings": "a"} canary-text', "not valid JSON"),
        (b'{"findings": NaN}', "not valid JSON"),
        (b'{"findings": "a", "x": Infinity}', "not valid JSON"),
        (b'{"findings": "a", "x": -Infinity}', "not valid JSON"),
        (b'{"findings": "a", "x": 1e999}', "out of range"),
        (b'{"findings": "\\ud800"}', "not valid JSON"),
        (b'{"findings": "a\0b"}', "not valid JSON"),
        (b'"findings": "canary-text"}', "not valid JSON"),
        (b'{"findings": "\xff"}', "not valid UTF-8"),
        (b'{"findings": "\xed\xa0\x80"}', "not valid UTF-8"),
        (b'{"findings": "a", "findings": "canary-text"}', "same key twice"),
        (b'{"findings": "a", "x": {"canary-text": 1, "canary-text": 1}}', "same key twice"),
        (b'{"findings": "a", "x": [{"a": 1, "\\u0061": 2}]}', "same key twice"),
        (b'{"findings": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"findings": "a", "x": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001, "too deeply"),
        (b'{"findings": "a", "x": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"findings": "a", "x": ' + b"9" * 5_000 + b"}", "out of range"),
        (b'{"findings": "a", 1: 2}', "not valid JSON"),
    ],
)
def test_unusable_json_rejects_the_record_without_repeating_it(data: bytes, problem: str) -> None:
    error = rejected(data)

    assert error.field == "record"
    assert problem in str(error)


def test_record_that_was_too_long_to_hold_is_rejected() -> None:
    with pytest.raises(RecordRejectedError, match=r"record 3: record: is longer than \d+ bytes"):
        read_record(Frame(3, 0, None), "object", 100)


@pytest.mark.parametrize(
    "findings", ["{findings} {0} %s \\n", "=HYPERLINK(1)", "two\nlines", " edges ", "a\0b"]
)
def test_findings_are_not_changed(findings: str) -> None:
    assert read({"findings": findings, "impression": findings}).findings == findings


@pytest.mark.parametrize("raw", ["\t", "\n", "\r\n", "\x0b", "\x0c"])
def test_raw_white_space_in_a_string_is_accepted_and_flagged(raw: str) -> None:
    text = f"two{raw}words"
    data = f'{{"id": "r", "findings": "{text}", "impression": "{text}", "x": "{text}"}}'

    assert read(data.encode()) == Record(
        7, "r", text, text, {"x": text}, flags=("control_characters",)
    )


@pytest.mark.parametrize("code", [*range(9), *range(0x0E, 0x20)])
def test_other_control_characters_are_refused_by_name_and_place(code: int) -> None:
    error = rejected(b'{"id": "r",\n"findings": "ab%cc"}' % code)

    assert f"the control character U+{code:04X} at line 2, column 16" in str(error)
    assert error.report_id == "r"


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"findings": {"S": CANARY}, "id": {"S": "1"}}, "is DynamoDB's typed JSON"),
        ({"Item": {"findings": {"S": CANARY}, "id": {"N": "1"}}}, "is DynamoDB's typed JSON"),
        ({"export": [{"findings": CANARY}]}, "is missing; if the object is only a wrapper"),
        ({"data": {"x": 1}, "notes": [1, "a"]}, "is missing"),
    ],
)
def test_objects_around_reports_are_refused_by_name(values: Any, problem: str) -> None:
    error = rejected(values)

    assert error.field == "findings"
    assert f"record 7: findings: {problem}" in str(error)
    assert ("send the array itself" in str(error)) is ("wrapper" in problem)


def test_object_with_findings_is_a_record_whatever_else_it_has() -> None:
    record = read({"findings": "Clear.", "records": [{"findings": "x"}], "Item": {"S": "x"}})

    assert record.findings == "Clear."
    assert record.metadata == {"records": [{"findings": "x"}], "Item": {"S": "x"}}


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["findings", "a" * 101, 10**30, -(10**400)]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["findings", "impression", "report_id", "id", "x"])
            | st.text(max_size=3),
            inner,
            max_size=5,
        )
    ),
    max_leaves=10,
)


@settings(deadline=None, max_examples=200)
@given(VALUES)
def test_any_json_value_is_a_record_or_rejected(values: Any) -> None:
    data = json.dumps(values).encode()

    record, field = None, "none"
    try:
        record = read_record(Frame(0, 0, data), "object", 100)
    except RecordRejectedError as error:
        field = error.field

    if record is None:
        assert field in {"record", "findings", "impression", "report_id", "study_id", "id"}
        return
    assert record.findings == values["findings"]
    assert record.findings.strip()
    assert record.impression == values.get("impression")
    for name, value in (record.metadata or {}).items():
        assert values[name] == value


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=40).map(lambda data: b'{"findings":"' + data + b'"}') | st.binary())
def test_any_bytes_are_a_record_or_rejected(data: bytes) -> None:
    try:
        record = read_record(Frame(0, 0, data), "object", 100)
    except RecordRejectedError:
        return

    assert json.loads(data, strict=False)["findings"] == record.findings
