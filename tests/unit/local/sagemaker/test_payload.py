from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.sagemaker.errors import BadPayloadError, UnsupportedContentTypeError
from local.sagemaker.payload import GenerationParameters, Invocation, decode_invocation

CANARY = "CANARY-7731"


def decode(payload: object) -> Invocation:
    return decode_invocation("application/json", json.dumps(payload).encode())


def test_one_text_with_every_parameter() -> None:
    parameters: dict[str, Any] = {
        "max_length": 80,
        "max_time": 5,
        "num_return_sequences": 2,
        "num_beams": 10,
        "no_repeat_ngram_size": 3,
        "temperature": 0.7,
        "early_stopping": True,
        "do_sample": True,
        "top_k": 40,
        "top_p": 0.9,
        "seed": 42,
    }

    invocation = decode({"text_inputs": "Lungs are clear.", **parameters})

    assert invocation.texts == ["Lungs are clear."]
    assert invocation.parameters == GenerationParameters(**parameters)
    assert not invocation.is_list


def test_equal_parameters_are_one_key_whatever_the_texts() -> None:
    one = decode({"text_inputs": "a", "max_length": 80})
    other = decode({"max_length": 80, "text_inputs": ["b", "c"]})

    assert hash(one.parameters) == hash(other.parameters)
    assert one.parameters == other.parameters


def test_plain_text_takes_the_defaults() -> None:
    invocation = decode_invocation("application/x-text; charset=utf-8", "œdème".encode())

    assert invocation == Invocation(["œdème"], GenerationParameters(), is_plain=True)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("max_length", "80"),
        ("max_length", 80.5),
        ("max_length", True),
        ("max_length", None),
        ("max_length", 0),
        ("max_time", 0),
        ("num_return_sequences", 0),
        ("num_beams", -1),
        ("num_beams", 101),
        ("no_repeat_ngram_size", 1),
        ("temperature", 0),
        ("temperature", "hot"),
        ("early_stopping", 1),
        ("do_sample", "true"),
        ("top_k", 0),
        ("top_p", 0),
        ("top_p", 1.1),
        ("seed", -1),
        ("seed", 2**32),
        ("seed", None),
    ],
)
def test_a_parameter_of_the_wrong_type_or_range_is_named(parameter: str, value: object) -> None:
    with pytest.raises(BadPayloadError, match=rf"\$\.{parameter}"):
        decode({"text_inputs": "a", parameter: value})


def test_an_unknown_parameter_is_named_with_the_valid_ones() -> None:
    with pytest.raises(BadPayloadError, match=r"invalid key 'parameters'.*'max_length'"):
        decode({"text_inputs": "a", "parameters": {}})


def test_an_unknown_key_that_is_no_parameter_name_is_not_repeated() -> None:
    with pytest.raises(BadPayloadError, match=r"contains an invalid key\.") as raised:
        decode({"text_inputs": "a", f"Findings: {CANARY}": 1})

    assert CANARY not in str(raised.value)


@pytest.mark.parametrize("payload", [{}, {"inputs": "a"}, {"max_length": 5}])
def test_no_text_inputs(payload: dict[str, object]) -> None:
    with pytest.raises(BadPayloadError, match="text_inputs"):
        decode(payload)


@pytest.mark.parametrize("text_inputs", [[], [1], 1, None, {"a": "b"}, [["a"]]])
def test_text_inputs_of_the_wrong_form(text_inputs: object) -> None:
    with pytest.raises(BadPayloadError, match="text_inputs"):
        decode({"text_inputs": text_inputs})


@pytest.mark.parametrize(
    ("do_sample", "num_beams", "sequences"), [(False, 1, 2), (False, 3, 4), (True, 3, 4)]
)
def test_more_sequences_than_beams(*, do_sample: bool, num_beams: int, sequences: int) -> None:
    with pytest.raises(BadPayloadError, match="num_beams must be"):
        decode(
            {
                "text_inputs": "a",
                "do_sample": do_sample,
                "num_beams": num_beams,
                "num_return_sequences": sequences,
            }
        )


def test_samples_need_no_beams() -> None:
    invocation = decode({"text_inputs": "a", "do_sample": True, "num_return_sequences": 4})

    assert invocation.parameters.num_return_sequences == 4


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"text_inputs": "\xff CANARY-7731"}',
        b'{"text_inputs": "\\ud800 CANARY-7731"}',
        b'{"text_inputs": "CANARY-7731"} trailing CANARY-7731',
        b'{"text_inputs": "a", "temperature": NaN}',
        b'{"text_inputs": "a", "max_length": 1e400}',
        b"[" * 100_000,
        b'{"text_inputs": ' + b"[" * 100_000,
        b'{"text_inputs": "a", "seed": ' + b'{"a": ' * 100_000,
    ],
)
def test_bad_json(body: bytes) -> None:
    with pytest.raises(BadPayloadError) as raised:
        decode_invocation("application/json", body)

    assert CANARY not in str(raised.value)
    assert raised.value.__cause__ is None
    assert len(str(raised.value)) < 300


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(body: bytes) -> None:
    for content_type in ("application/json", "application/x-text"):
        try:
            invocation = decode_invocation(content_type, body)
        except BadPayloadError:
            continue

        assert invocation.texts


@pytest.mark.parametrize("content_type", ["", "text/csv", "application/octet-stream", "json"])
def test_unsupported_content_type(content_type: str) -> None:
    with pytest.raises(UnsupportedContentTypeError):
        decode_invocation(content_type, b"{}")


@pytest.mark.parametrize(
    ("invocation", "generated", "answer"),
    [
        (Invocation(["a"], GenerationParameters()), [["A"]], {"generated_texts": ["A"]}),
        (
            Invocation(["a", "b"], GenerationParameters(), is_list=True),
            [["A"], ["B"]],
            {"generated_texts": ["A", "B"]},
        ),
        (
            Invocation(["a"], GenerationParameters(num_return_sequences=2)),
            [["A", "B"]],
            {"generated_texts": ["A", "B"]},
        ),
        (
            Invocation(["a", "b"], GenerationParameters(num_return_sequences=2), is_list=True),
            [["A", "B"], ["C", "D"]],
            {"generated_texts": [["A", "B"], ["C", "D"]]},
        ),
        (
            Invocation(["a"], GenerationParameters(), is_plain=True),
            [["œ"]],
            {"generated_text": "œ"},
        ),
    ],
)
def test_form_of_the_answer(
    invocation: Invocation, generated: list[list[str]], answer: dict[str, Any]
) -> None:
    assert json.loads(invocation.encode_answer(generated)) == answer
