"""Rows of the lake that the real function wrote, and the mean of scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.output.scoring import METRICS
from chalicelib.output.tables import RougeRow
from local.client import lake
from local.client.lake import Mean, means
from local.client.uploads import Dropped, drop, plan_uploads
from tests.unit.local.conftest import StackInAccount


def dropped(
    stack: StackInAccount, folder: Path, lane: str = "incoming", **files: str
) -> list[Dropped]:
    """Drop files, and let the function do its work."""
    done: list[Dropped] = []
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    paths = [str(folder / name) for name in files]
    drop(stack, plan_uploads(paths, lane, "ward"), done.append)
    stack.account.drain()
    return done


def lines(*records: dict[str, Any]) -> str:
    return "\n".join(json.dumps(record) for record in records)


def score(model: str, fmeasure: float, **more: Any) -> RougeRow:
    row: dict[str, Any] = {
        **dict.fromkeys(("report_id", "run_id", "lane", "model_id", "model_version"), "x"),
        **dict.fromkeys(("scorer", "source_key", "scored_at"), "x"),
        "record_index": 0,
        "rouge_precision": 0.0,
        "rouge_recall": 0.0,
        "dataset": "ward",
        "metric": "rouge1",
        "stratum": "normal",
    }
    return RougeRow(**(row | {"model_role": model, "fmeasure": fmeasure} | more))


class TestFailures:
    def test_are_those_of_the_files_by_key_and_record(
        self, stack: StackInAccount, tmp_path: Path
    ) -> None:
        good, bad = {"findings": "Clear."}, {"findings": ""}
        dropped(stack, tmp_path, other=lines(bad))
        empty = dict.fromkeys("fbdace", "")
        files = dropped(stack, tmp_path, z=lines(good, bad, bad), g=lines(good), **empty)

        failures = lake.read_failures(stack, files)

        assert [(row.source_key[-1], row.record_index, row.error_type) for row in failures] == [
            *((name, None, "Empty") for name in "abcdef"),
            *(("z", 1, "RecordRejected"), ("z", 2, "RecordRejected")),
        ]

    def test_of_earlier_content_under_the_same_key_are_none_of_these(
        self, stack: StackInAccount, tmp_path: Path
    ) -> None:
        dropped(stack, tmp_path, a="")
        files = dropped(stack, tmp_path, a=lines({"findings": "Clear."}))

        assert lake.read_failures(stack, files) == []

    def test_of_no_files_are_none(self, stack: StackInAccount) -> None:
        assert lake.read_failures(stack, []) == []


class TestScores:
    def test_are_those_of_every_model_and_baseline(
        self, stack: StackInAccount, tmp_path: Path
    ) -> None:
        record = {"findings": "Heart is normal.", "impression": "Normal heart."}
        files = dropped(stack, tmp_path, "evaluation", a=lines(record), b=lines(record))

        scores = lake.read_scores(stack, files[:1])

        found = sorted((row.model_role, row.metric) for row in scores)
        models = ("baseline-constant", "baseline-lead", "fine-tuned")
        assert found == sorted((model, metric) for model in models for metric in METRICS)
        assert {row.source_key for row in scores} == {"evaluation/ward/a"}

    def test_of_files_without_the_radiologist_s_words_are_none(
        self, stack: StackInAccount, tmp_path: Path
    ) -> None:
        files = dropped(stack, tmp_path, "evaluation", a=lines({"findings": "Clear."}))

        assert lake.read_scores(stack, files) == []


class TestMeans:
    def test_are_of_each_dataset_and_model(self) -> None:
        rows = [
            score("fine-tuned", 0.2),
            score("fine-tuned", 0.6, stratum="abnormal"),
            score("fine-tuned", 0.7, stratum="abnormal"),
            score("fine-tuned", 0.1, metric="rouge2"),
            score("fine-tuned", 0.9, dataset="other"),
            score("baseline-lead", 0.4),
        ]

        found = means(rows)

        assert [(mean.dataset, mean.model, mean.reports) for mean in found] == [
            ("other", "fine-tuned", 1),
            ("ward", "baseline-lead", 1),
            ("ward", "fine-tuned", 3),
        ]
        assert found[2].fmeasure == pytest.approx({"rouge1": 0.5, "rouge2": 0.1})
        assert (found[2].normal, found[2].abnormal) == pytest.approx((0.2, 0.65))

    def test_of_a_stratum_without_reports_is_none(self) -> None:
        (mean,) = means([score("fine-tuned", 0.5)])

        assert mean == Mean("ward", "fine-tuned", 1, {"rouge1": 0.5}, normal=0.5, abnormal=None)

    def test_of_nothing_are_none(self) -> None:
        assert means([]) == []
