"""What the figures of the curve are made of, and that a mixed-up draft makes them unusable."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from benchmarks.curve.cost import CostCurve
from benchmarks.curve.measure import _endpoint_figures, check_drafts
from benchmarks.curve.server import Counts, draft_of
from benchmarks.reports import records
from chalicelib.prompt_template import fill
from chalicelib.settings import Model

MODEL = Model("fine-tuned", "endpoint", "model", "1")


class Answered:
    """One file's result."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document


class Stage:
    """A stage whose bucket has one part for each key."""

    def __init__(self, parts: dict[str, list[dict[str, Any]]] | None = None) -> None:
        self.model, self.stack, self.parts = MODEL, self, parts or {}
        self.outputs = type("Outputs", (), {"results_bucket": "results"})

    def client(self, _service: str) -> Stage:
        return self

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        lines = "\n".join(json.dumps(entry) for entry in self.parts[Key])
        return {"Body": io.BytesIO(lines.encode())}


def entry(record: dict[str, Any]) -> dict[str, Any]:
    prompt = fill(MODEL.prompt, record["findings"])
    return {"report_id": record["study_id"], "impression": draft_of(prompt)}


def check(stage: Stage, drawn: list[dict[str, Any]], answered: list[Answered]) -> None:
    check_drafts(stage, drawn, answered)  # type: ignore[arg-type]  # stand-ins


def test_every_file_has_the_drafts_of_its_own_records() -> None:
    drawn = records(3, "seed")

    check(Stage(), drawn, [Answered({"impressions": [entry(one)]}) for one in drawn])


def test_the_parts_of_a_large_file_are_read_in_their_order() -> None:
    drawn = records(5, "seed")
    stage = Stage({"a": [entry(one) for one in drawn[:3]], "b": [entry(one) for one in drawn[3:]]})

    check(stage, drawn, [Answered({"parts": ["a", "b"]})])
    with pytest.raises(RuntimeError, match="draft of another"):
        check(stage, drawn, [Answered({"parts": ["b", "a"]})])


def test_files_with_each_other_s_drafts_are_noticed() -> None:
    drawn = records(3, "seed")
    answered = [Answered({"impressions": [entry(one)]}) for one in drawn]
    first, second, _ = (one.document["impressions"][0] for one in answered)
    first["impression"], second["impression"] = second["impression"], first["impression"]

    with pytest.raises(RuntimeError, match="draft of another"):
        check(Stage(), drawn, answered)


def test_results_in_each_other_s_places_are_noticed() -> None:
    drawn = records(3, "seed")
    answered = [Answered({"impressions": [entry(one)]}) for one in drawn]

    with pytest.raises(RuntimeError, match="draft of another"):
        check(Stage(), drawn, [answered[1], answered[0], answered[2]])


def test_a_missing_result_is_noticed() -> None:
    drawn = records(2, "seed")

    with pytest.raises(RuntimeError, match="draft of another"):
        check(Stage(), drawn, [Answered({"impressions": [entry(drawn[0])]})])


def test_the_endpoint_s_time_is_compared_with_batches_of_eight() -> None:
    # Of the issue: 160 reports as one file and as 160 files.
    worked = [Counts({8: 19, 2: 4}), Counts({1: 160})]

    found = _endpoint_figures("x", CostCurve(300, 40), worked)

    assert found["x_endpoint_s_a_thousand"].runs == pytest.approx((83.125, 340.0))
    assert found["x_to_ideal"].runs == pytest.approx((12.4 / 13.3, 12.4 / 54.4))
    assert found["x_records_a_call"].runs == pytest.approx((160 / 23, 1.0))
