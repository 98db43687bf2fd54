from __future__ import annotations

from datetime import UTC, datetime

from training.jobs import view
from training.jobs.points import Point


def test_a_summary_tells_what_an_operator_asks_first() -> None:
    told = view.summary(
        {
            "TrainingJobName": "j",
            "TrainingJobStatus": "Failed",
            "FailureReason": "AlgorithmError: exit code: 1",
            "CreationTime": datetime(2026, 3, 1, 12, tzinfo=UTC),
            "HyperParameters": {"epochs": "3"},
            "FinalMetricDataList": [{"MetricName": "val_loss", "Value": 0.5}],
        }
    )
    assert told["created"] == "2026-03-01 12:00:00 UTC"
    assert told["metrics"] == {"val_loss": 0.5}
    lines = view.lines(told)
    assert "failure reason   AlgorithmError: exit code: 1" in lines
    assert "hyperparameters  epochs 3" in lines
    assert "ended" not in lines  # what is empty is left out


def test_losses_stand_beside_each_other_by_epoch() -> None:
    found = [
        Point("train_loss", 1, 1.0, 2.0, 0),
        Point("epoch", 1, 1.0, 1.0, 0),
        Point("val_loss", 1, 1.0, 1.5, 1),
        Point("val_loss", 2, 2.0, 1.25, 2),
    ]
    rows = [line.split() for line in view.table(found).splitlines()[2:]]
    assert rows == [["1.00", "2.0000", "1.5000"], ["2.00", "1.2500"]]


def test_figures_without_epochs_are_a_plain_list() -> None:
    assert view.table([Point("train_loss", 3, None, 2.0, 0)]).splitlines()[-1].split() == [
        "train_loss",
        "3",
        "2",
    ]
