from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.intake.fhir.scanning import members, value_end

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=40, deadline=None)
@given(value=st.dictionaries(st.text(), JSON), indent=st.sampled_from([None, 1]))
def test_members_are_those_of_the_parser(value: dict[str, object], indent: int | None) -> None:
    text = json.dumps(value, indent=indent).encode()

    found = {one.key: json.loads(text[one.start : one.stop]) for one in members(text, 0)}

    assert found == value
    assert value_end(text, 0) == len(text)


@given(value=JSON, cut=st.integers(0, 50))
def test_a_value_that_is_cut_has_no_end(value: object, cut: int) -> None:
    text = json.dumps([value]).encode()

    assert value_end(text[: min(cut, len(text) - 1)], 0) is None


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (b'{"a":[}', None),
        (b'["}"]', 5),
        (b'{"a":"\\"}"}', 11),
        (b"[[[]", None),
        (b"[{]", None),
        (b"{]", None),
    ],
)
def test_brackets(text: bytes, end: int | None) -> None:
    assert value_end(text, 0) == end


def test_members_end_where_they_cannot_be_told_apart() -> None:
    text = b'{"a":1,"b" 2,"c":3}'

    assert [one.key for one in members(text, 0)] == ["a"]


def test_keys_are_decoded() -> None:
    text = b'{"resource\\u0054ype":1,"\\ud800":2,"\\q":3}'

    assert [one.key for one in members(text, 0)] == ["resourceType", "", ""]


@pytest.mark.parametrize("piece", [b"[", b'"', b'\\"', b'{"a":', b"[]", b'"\\', b"}", b'",'])
def test_hostile_text_takes_linear_time(piece: bytes) -> None:
    text = b'{"a":[' + piece * (2_000_000 // len(piece))

    started = time.process_time()
    list(members(text, 0))

    # A scan of quadratic time takes minutes.
    assert time.process_time() - started < 10
