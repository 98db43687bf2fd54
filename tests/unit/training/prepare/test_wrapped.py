from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.intake.frames import MAX_RECORD_BYTES
from training.errors import CollectionError
from training.prepare.wrapped import frames, may_be

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
RECORDS = st.dictionaries(st.text(max_size=5), VALUES, max_size=4)


def pieces(text: bytes, size: int) -> list[bytes]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@given(
    st.dictionaries(st.text(max_size=5), st.lists(RECORDS, max_size=4), min_size=1, max_size=3),
    st.dictionaries(st.from_regex("x_[a-z]{0,3}", fullmatch=True), SCALARS, max_size=2),
    st.integers(1, 50),
    st.sampled_from([0, 1]),
)
def test_records_of_all_lists_are_found_wherever_pieces_end(
    lists: dict[str, list[dict[str, Any]]], others: dict[str, Any], size: int, indented: int
) -> None:
    text = json.dumps({**others, **lists}, indent=1 if indented else None).encode()

    found = [
        json.loads(one.data) for one in frames(pieces(text, size), "x") if one.data is not None
    ]

    expected = {**others, **lists}
    assert found == [one for value in expected.values() if isinstance(value, list) for one in value]
    assert may_be(text)


@pytest.mark.parametrize(
    "text",
    [b'{"findings": "a"}', b'{"findings": ["a"]}', b'[{"a": 1}]', b"", b'{"a": {"b": [{', b"{}"],
)
def test_other_json_is_not_taken_for_lists(text: bytes) -> None:
    assert not may_be(text)


def test_record_over_the_limit_is_left_out_alone() -> None:
    text = json.dumps({"train": [{"a": ["x" * 99] * (MAX_RECORD_BYTES // 99)}, {"a": 1}]}).encode()

    found = [one.data for one in frames(pieces(text, 1 << 16), "x")]

    assert found == [None, b'{"a": 1}']


def test_string_without_an_end_is_not_held_for_ever() -> None:
    with pytest.raises(CollectionError, match="contains a string over"):
        list(frames([b'{"train": [{"a": "', *[b"x" * 65_536] * 40], "x"))
