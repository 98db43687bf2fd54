from __future__ import annotations

from typing import Any

import msgspec
import pytest

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.record import MAX_METADATA_BYTES, Record, record

CANARY = "canary-text"


def made(**changes: Any) -> Record:
    fields: dict[str, Any] = {
        "report_id": "r",
        "findings": "Clear.",
        "impression": None,
        "metadata": {},
    }
    return record(7, "object", 100, **(fields | changes))


def rejected(**changes: Any) -> RecordRejectedError:
    with pytest.raises(RecordRejectedError) as caught:
        made(**changes)
    assert caught.value.index == 7
    assert CANARY not in str(caught.value)
    return caught.value


def test_record_without_an_id_is_named_by_its_object_and_place() -> None:
    assert made(report_id=None) == Record(7, "object-7", "Clear.")


def test_everything_is_carried_through() -> None:
    found = made(
        impression="Normal.", metadata={"age": 40}, flags=["control_characters"], status="final"
    )

    assert found == Record(
        7, "r", "Clear.", "Normal.", {"age": 40}, ("control_characters",), "final", {"age": "40"}
    )


@pytest.mark.parametrize("findings", ["", " \n\u00a0", "\t"])
def test_blank_findings_are_rejected_with_the_id(findings: str) -> None:
    error = rejected(findings=findings)

    assert (str(error), error.report_id) == ("record 7: findings: is blank", "r")


@pytest.mark.parametrize("text", ["x" * 100, "é" * 100, "🫁" * 100])
def test_text_of_just_the_limit_is_kept_whole(text: str) -> None:
    assert made(findings=text, impression=text).findings == text


@pytest.mark.parametrize("field", ["findings", "impression"])
def test_longer_text_is_rejected_and_never_cut(field: str) -> None:
    error = rejected(**{field: CANARY * 10})

    assert str(error) == f"record 7: {field}: is longer than 100 characters; shorten it"
    assert (error.field, error.report_id) == (field, "r")


def test_errors_name_the_place_that_a_format_gives() -> None:
    assert rejected(findings=" ", places={"findings": "OBX 3"}).field == "OBX 3"


def test_metadata_is_kept_up_to_its_limit_and_dropped_above() -> None:
    room = MAX_METADATA_BYTES - len('{"x":""}')

    kept = made(metadata={"x": "y" * room})
    dropped = made(metadata={"x": "y" * (room + 1)}, flags=["control_characters"])

    assert (kept.metadata, kept.flags) == ({"x": "y" * room}, ())
    assert dropped.metadata is None
    assert dropped.flags == ("control_characters", "metadata_dropped")


@pytest.mark.parametrize("opening", ["list", "dict"])
def test_nesting_that_is_accepted_can_be_written_some_levels_deeper(opening: str) -> None:
    """The limit is the interpreter's and not the same everywhere: walk over it."""
    outcomes = set()
    for depth in [*range(500, 2_000, 5), 12_000]:
        inner: Any = 1
        for _ in range(depth):
            inner = [inner] if opening == "list" else {"a": inner}
        try:
            found = made(metadata={"x": inner})
        except RecordRejectedError:
            outcomes.add("rejected")
            continue
        outcomes.add("made")
        msgspec.json.encode({"impressions": [{"metadata": found.metadata}]})

    assert outcomes == {"made", "rejected"}
