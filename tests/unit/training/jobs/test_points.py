from __future__ import annotations

import re
from typing import Any

import pytest

from training.config import METRICS
from training.errors import JobError
from training.jobs.logs import Line
from training.jobs.points import Finder, Point, points_of


def job(*definitions: tuple[str, str]) -> dict[str, Any]:
    return {
        "TrainingJobName": "j",
        "AlgorithmSpecification": {
            "MetricDefinitions": [{"Name": name, "Regex": regex} for name, regex in definitions]
        },
    }


ARTICLES = job(*((one.name, one.regex) for one in METRICS))


def test_the_trainers_own_lines_are_read_with_their_epoch() -> None:
    lines = [
        Line(1000, "{'loss': 0.5, 'learning_rate': 1e-05, 'epoch': 1.5}"),
        Line(2000, "{'eval_loss': 0.25, 'epoch': 2.0}"),
        Line(3000, "Downloading"),
    ]
    assert points_of(ARTICLES, lines) == [
        Point("train_loss", 1, 1.5, 0.5, 1000),
        Point("epoch", 1, 1.5, 1.5, 1000),
        Point("val_loss", 1, 2.0, 0.25, 2000),
        Point("epoch", 2, 2.0, 2.0, 2000),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'loss': 1e-05}", 1e-05),
        ("{'loss': 3.2e+02}", 320.0),
        ("{'loss': 2E-3}", 2.0),  # Python prints a small e
        ("{'loss': 7}", 7.0),
    ],
)
def test_numbers_are_read_whole(text: str, value: float) -> None:
    """The article's regex reads 1e-05 as 1."""
    (found,) = points_of(ARTICLES, [Line(0, text)])
    assert found.value == value
    assert float(re.findall(r"'loss': ([0-9\.]+)", "{'loss': 1e-05}")[0]) == 1


def test_eval_loss_is_no_training_loss() -> None:
    assert [one.metric for one in points_of(ARTICLES, [Line(0, "{'eval_loss': 1.0}")])] == [
        "val_loss"
    ]


@pytest.mark.parametrize("text", ["nan", "inf", "x"])
def test_what_is_no_number_is_left_out(text: str) -> None:
    assert not points_of(job(("loss", r"'loss': (\w+)")), [Line(0, f"'loss': {text}")])


def test_steps_go_on_from_reading_to_reading() -> None:
    finder = Finder(ARTICLES)
    first = finder.find([Line(0, "{'loss': 1.0}")])
    second = finder.find([Line(1, "{'loss': 2.0}")])
    assert [one.step for one in first + second] == [1, 2]


@pytest.mark.parametrize(
    ("regex", "says"), [("(", "is invalid"), ("loss", "has no group for the value")]
)
def test_a_definition_that_cannot_be_used_is_named(regex: str, says: str) -> None:
    with pytest.raises(JobError, match=f"j: the regex .* of its metric m .*{says}"):
        Finder(job(("m", regex)))


def test_times_are_written_as_the_lake_writes_them() -> None:
    assert Point("m", 1, None, 1.0, 1_700_000_000_123).observed_at == "2023-11-14 22:13:20.123"
