from __future__ import annotations

from typing import Any

import pytest

from chalicelib.intake.context import MOST_CHARACTERS, context_of
from chalicelib.prompt_template import CONTEXT_FIELDS


@pytest.mark.parametrize(
    ("metadata", "context"),
    [
        ({}, {}),
        ({"indication": "Cough."}, {"indication": "Cough."}),
        ({"Indication": "Cough\n and  fever."}, {"indication": "Cough and fever."}),
        ({"sections": {"indication": "Cough."}}, {"indication": "Cough."}),
        ({"history": "Asthma."}, {"indication": "Asthma.", "background": "Asthma."}),
        ({"age": 67, "sex": "F"}, {"age": "67", "sex": "F"}),
        ({"age": True, "sex": None, "comparison": ["x"]}, {}),
        ({"sections": "not an object", "technique": "PA."}, {"technique": "PA."}),
        ({"comparison": " "}, {}),
    ],
)
def test_context_is_found(metadata: dict[str, Any], context: dict[str, str]) -> None:
    assert context_of(metadata) == context


def test_a_text_that_is_too_long_is_left_out_and_not_cut() -> None:
    fits, long = "a" * MOST_CHARACTERS, "a" * (MOST_CHARACTERS + 1)

    assert context_of({"indication": fits}) == {"indication": fits}
    assert context_of({"indication": long}) == {}


def test_every_field_that_a_prompt_may_name_has_a_source() -> None:
    found = context_of(dict.fromkeys(CONTEXT_FIELDS, "something"))

    assert set(found) == set(CONTEXT_FIELDS)
