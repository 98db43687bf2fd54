from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.drafting.codecs import (
    MAX_IMPRESSION_CHARACTERS,
    decode_answer,
    encode_request,
    records_per_request,
)
from chalicelib.errors import EndpointAnswerError
from chalicelib.settings import DEFAULT_GENERATION

V1, V2 = "text2text-v1", "tgi-v2"
CANARY = "canary-text"


def answered(codec: str, answer: Any, expected: int = 1) -> list[str]:
    generated = decode_answer(codec, json.dumps(answer).encode(), expected)
    return [one.text for one in generated]


def test_1x_request_carries_a_list_and_the_parameters() -> None:
    body = encode_request(V1, ["one", "two {0} é"], DEFAULT_GENERATION)

    assert json.loads(body) == {
        "text_inputs": ["one", "two {0} é"],
        "max_length": 80,
        "num_beams": 10,
        "num_return_sequences": 1,
    }


def test_2x_request_carries_one_text_and_what_its_container_knows() -> None:
    body = encode_request(V2, ["one"], {**DEFAULT_GENERATION, "temperature": 0.5})

    assert json.loads(body) == {
        "inputs": "one",
        "parameters": {"max_new_tokens": 80, "temperature": 0.5, "details": True},
    }


def test_2x_request_asks_why_the_model_stopped_unless_told_not_to() -> None:
    body = encode_request(V2, ["one"], {"max_new_tokens": 5, "details": False})

    assert json.loads(body)["parameters"] == {"max_new_tokens": 5, "details": False}


@pytest.mark.parametrize(
    ("codec", "answer", "at_limit"),
    [
        (V2, [{"generated_text": "One", "details": {"finish_reason": "length"}}], True),
        (V2, [{"generated_text": "One.", "details": {"finish_reason": "eos_token"}}], False),
        (V2, [{"generated_text": "One.", "details": {"finish_reason": "stop_sequence"}}], False),
        (V2, [{"generated_text": "One.", "details": {"finish_reason": None}}], None),
        (V2, [{"generated_text": "One.", "details": {}}], None),
        (V2, [{"generated_text": "One.", "details": "length"}], None),
        (V2, [{"generated_text": "One."}], None),
        (V1, {"generated_texts": ["One."]}, None),
    ],
)
def test_what_the_endpoint_says_of_the_limit(
    codec: str,
    answer: Any,
    at_limit: bool | None,  # noqa: FBT001  # a case
) -> None:
    [generated] = decode_answer(codec, json.dumps(answer).encode(), 1)

    assert generated.at_limit is at_limit


@pytest.mark.parametrize(("codec", "records"), [(V1, 8), (V2, 1)])
def test_only_the_1x_form_takes_several_records(codec: str, records: int) -> None:
    assert records_per_request(codec, 8) == records


@pytest.mark.parametrize(
    ("codec", "answer", "texts"),
    [
        (V1, {"generated_texts": ["one", " two\n"]}, ["one", "two"]),
        (V1, {"generated_texts": [["one", "second best"], ["two"]]}, ["one", "two"]),
        (V2, [{"generated_text": "one"}], ["one"]),
        (V2, {"generated_text": "one", "details": {}}, ["one"]),
        (V1, {"generated_texts": ["x" * MAX_IMPRESSION_CHARACTERS]}, ["x" * 4000]),
    ],
)
def test_answers_are_read(codec: str, answer: Any, texts: list[str]) -> None:
    assert answered(codec, answer, len(texts)) == texts


@pytest.mark.parametrize(
    ("codec", "answer"),
    [
        (V1, {}),
        (V1, []),
        (V1, None),
        (V1, CANARY),
        (V1, {"generated_texts": CANARY}),
        (V1, {"generated_text": CANARY}),
        (V1, {"generated_texts": []}),
        (V1, {"generated_texts": [CANARY, CANARY]}),
        (V1, {"generated_texts": [""]}),
        (V1, {"generated_texts": [" \n"]}),
        (V1, {"generated_texts": [None]}),
        (V1, {"generated_texts": [5]}),
        (V1, {"generated_texts": [[]]}),
        (V1, {"generated_texts": [[[CANARY]]]}),
        (V1, {"generated_texts": [CANARY * 1000]}),
        (V2, []),
        (V2, {}),
        (V2, CANARY),
        (V2, [CANARY]),
        (V2, [{"generated_text": CANARY}, {}]),
        (V2, [{"generated_text": CANARY}, {"generated_text": CANARY}]),
        (V2, [{"generated_text": ""}]),
        (V2, [{"generated_text": None}]),
        (V2, [{"generated_text": CANARY * 1000}]),
    ],
)
def test_other_answers_are_an_error_that_does_not_repeat_them(codec: str, answer: Any) -> None:
    with pytest.raises(EndpointAnswerError) as caught:
        answered(codec, answer)

    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"generated_texts": ["a', b"\xff", b"<html>", b"[" * 100_000, b'"\\ud800"'],
)
@pytest.mark.parametrize("codec", [V1, V2])
def test_answers_that_are_not_json_are_an_error(codec: str, body: bytes) -> None:
    with pytest.raises(EndpointAnswerError):
        decode_answer(codec, body, 1)


@settings(deadline=None)
@given(
    codec=st.sampled_from([V1, V2]),
    answer=st.recursive(
        st.none() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["generated_texts", "generated_text"]), inner)
        ),
        max_leaves=5,
    ),
    expected=st.integers(1, 3),
)
def test_no_answer_gives_blank_texts_or_another_number_of_them(
    codec: str, answer: Any, expected: int
) -> None:
    try:
        texts = answered(codec, answer, expected)
    except EndpointAnswerError:
        return

    assert len(texts) == expected
    assert all(text.strip() for text in texts)
