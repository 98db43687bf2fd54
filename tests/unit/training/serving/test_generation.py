"""Generation parameters: against each other, and against what a model learned."""

from __future__ import annotations

import json
from typing import Any

import pytest

from common.errors import SettingError
from training.serving import generation

NAME = "FineTunedGeneration"


def job(length: str | None) -> dict[str, Any]:
    values = {} if length is None else {"max_output_length": length}
    return {"TrainingJobName": "job-7", "HyperParameters": values}


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"max_length": 80, "num_beams": 10, "num_return_sequences": 1}',
        '{"num_return_sequences": 3, "num_beams": 3}',
        '{"num_return_sequences": 3, "do_sample": true}',
        '{"min_length": 0, "max_length": 1}',
        '{"min_length": 90}',
    ],
)
def test_parameters_that_a_model_takes(text: str) -> None:
    assert generation.read(NAME, text) == json.loads(text or "{}")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[1]", "is not a JSON object"),
        ("{", "is not a JSON object"),
        ('{"num_return_sequences": 3, "num_beams": 2}', "the model rejects every call"),
        ('{"num_return_sequences": 2}', "num_return_sequences 2 is more than num_beams 1"),
        ('{"min_length": 81, "max_length": 80}', "min_length is more than max_length"),
        ('{"max_length": 0}', "max_length must be an integer of at least 1"),
        ('{"max_length": true}', "max_length must be an integer"),
        ('{"num_beams": "4"}', "num_beams must be an integer"),
        ('{"num_beams": 1.5}', "num_beams must be an integer"),
    ],
)
def test_parameters_that_contradict_each_other(text: str, says: str) -> None:
    with pytest.raises(SettingError) as caught:
        generation.read(NAME, text)
    assert says in str(caught.value)
    assert str(caught.value).startswith(f"{NAME}: ")


def test_a_length_takes_the_place_of_the_former_one() -> None:
    made = generation.with_length(NAME, {"max_length": 80, "num_beams": 10}, 128)
    assert json.loads(made) == {"max_length": 128, "num_beams": 10}


def test_a_length_that_contradicts_the_others_is_refused() -> None:
    with pytest.raises(SettingError, match="min_length is more than max_length"):
        generation.with_length(NAME, {"min_length": 30}, 20)
    with pytest.raises(SettingError, match="is longer than 300 characters"):
        generation.with_length(NAME, {"prefix": "x" * 290}, 20)


@pytest.mark.parametrize(
    ("given", "most"),
    [("128", 128), ('"128"', 128), ("-1", None), ("0", None), ("x", None), (None, None)],
)
def test_what_a_job_learned(given: str | None, most: int | None) -> None:
    assert generation.learned(job(given)) == most


def test_no_length_beyond_what_was_learned() -> None:
    generation.check_length(128, job("128"))
    generation.check_length(1000, job(None))
    with pytest.raises(
        SettingError, match="trained on impressions of at most 128 tokens: give 128"
    ):
        generation.check_length(129, job("128"))
    with pytest.raises(SettingError, match="must be at least 1"):
        generation.check_length(0, job("128"))


@pytest.mark.parametrize(
    ("values", "length", "says"),
    [
        ({"max_length": 80}, "128", "cuts impressions after 80 tokens"),
        ({"max_length": 200}, "128", "was trained on 128 at most"),
        ({"temperature": 0.5, "max_length": 128}, "128", "temperature has no effect"),
    ],
)
def test_what_is_probably_not_meant_is_said(values: dict[str, Any], length: str, says: str) -> None:
    (note,) = generation.notes(NAME, values, job(length))
    assert says in note


@pytest.mark.parametrize(
    "values", [{"max_length": 128}, {}, {"temperature": 0.5, "do_sample": True, "max_length": 128}]
)
def test_nothing_is_said_of_what_fits(values: dict[str, Any]) -> None:
    assert generation.notes(NAME, values, job("128")) == []
    assert generation.notes(NAME, {"max_length": 5}, None) == []
