from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.errors import FileRejectedError
from chalicelib.intake.frames import HEAD_BYTES, MAX_RECORD_BYTES
from chalicelib.intake.json_text.framing import detect_form, frame
from chalicelib.intake.json_text.wrapped import LONGEST_PREFIX, list_begins

RECORDS = [{"report_id": str(number), "findings": "Clear."} for number in range(3)]


def framed(values: Any) -> tuple[str | None, list[Any]]:
    text = json.dumps(values).encode()
    form = detect_form(text[:HEAD_BYTES])
    assert form is not None
    return form, [json.loads(one.data or b"null") for one in frame([text], form)]


@pytest.mark.parametrize(
    "around",
    [
        {"records": RECORDS},
        {"Items": RECORDS, "Count": 3, "LastEvaluatedKey": {"id": {"S": "x"}}},
        {"count": 3, "ok": True, "links": {"next": None}, "tags": ["a"], "data": RECORDS},
        {"value": RECORDS, "@odata.nextLink": "x"},
        {"records": []},
    ],
)
def test_list_under_a_known_name_is_read_as_the_array(around: dict[str, Any]) -> None:
    (listed,) = (
        value for name, value in around.items() if name != "tags" and isinstance(value, list)
    )

    assert framed(around) == ("wrapped", listed)


@pytest.mark.parametrize(
    "values",
    [
        {"records": [{"a": 1}], "findings": "x"},
        {"findings": "x", "records": [{"a": 1}]},
        {"records": RECORDS, "patients": [{"a": 1}]},
        {"patients": [{"a": 1}], "records": RECORDS},
        {"exports": RECORDS},
        {"data": ["a", "b"]},
        {"data": {"records": RECORDS}},
        {"resourceType": "Bundle", "data": [{"a": 1}]},
    ],
)
def test_anything_else_is_a_record(values: dict[str, Any]) -> None:
    assert framed(values) == ("lines", [values])


@pytest.mark.parametrize("before", [{}, {"count": 3}])
def test_large_wrapper_is_streamed(before: dict[str, Any]) -> None:
    many = [{"findings": "x" * 1000, "n": number} for number in range(4000)]
    assert len(json.dumps(many)) > HEAD_BYTES > MAX_RECORD_BYTES

    assert framed({**before, "data": many, "next": "y"}) == ("wrapped", many)


def test_large_object_with_findings_after_its_list_is_refused() -> None:
    many = [{"n": "x" * 1000} for _ in range(4000)]

    with pytest.raises(FileRejectedError):
        framed({"data": many, "findings": "x"})


def test_members_before_the_list_have_a_limit() -> None:
    def text(size: int) -> bytes:
        return json.dumps({"x": "y" * size, "data": RECORDS}).encode()

    assert list_begins(text(LONGEST_PREFIX // 2)) is not None
    assert list_begins(text(LONGEST_PREFIX)) is None
