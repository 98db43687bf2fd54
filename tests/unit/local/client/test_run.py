from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.output.tables import FailureRow, RougeRow
from common.errors import UsageError
from local.client.run import Report, check_models
from local.client.waiting import Answered


def answered(records: int, failed: int) -> Answered:
    dropped: Any = SimpleNamespace(ref=SimpleNamespace(key="incoming/a/x.json"))
    counts = {"records": records, "ok": records - failed, "failed": failed}
    return Answered(dropped, "results/incoming/a/x.json.json", {"counts": counts})


def failure(index: int | None, message: str) -> FailureRow:
    return FailureRow(
        run_id="f" * 32,
        lane="incoming",
        dataset="a",
        record_index=index,
        report_id=None,
        model_role=None,
        stage="decode",
        error_type="RecordRejected",
        error_message=message,
        retryable=False,
        source_bucket="b",
        source_key="incoming/a/x.json",
        source_etag="e",
        source_version_id=None,
        failed_at="2026-01-01 00:00:00.000",
    )


def scores(model: str, figure: float) -> list[RougeRow]:
    return [
        RougeRow(
            run_id="f" * 32,
            lane="evaluation",
            dataset="a",
            record_index=1,
            report_id="r",
            model_role=model,
            model_id="m",
            model_version="1",
            metric=metric,
            rouge_precision=figure,
            rouge_recall=figure,
            fmeasure=figure,
            stratum="normal",
            scorer="s",
            source_key="k",
            scored_at="2026-01-01 00:00:00.000",
        )
        for metric in ("rouge1", "rouge2", "rougeL", "rougeLsum")
    ]


def test_the_json_document_has_the_fields_of_the_contract() -> None:
    report = Report([answered(3, 1), answered(1, 0)], [], scores("fine-tuned", 0.5), 1.23456)

    assert report.as_json() == {
        "files": 2,
        "records": 4,
        "failed": 1,
        "seconds": 1.235,
        "scores": {
            "a": {"fine-tuned": {"rouge1": 0.5, "rouge2": 0.5, "rougeL": 0.5, "rougeLsum": 0.5}}
        },
        "results": ["results/incoming/a/x.json.json"] * 2,
    }


def test_the_text_tells_counts_failures_and_a_table_with_the_model_before_baselines() -> None:
    failures = [failure(1, "record 1: findings: is missing"), failure(None, "it is empty")]
    rows = scores("baseline-constant", 0.25) + scores("fine-tuned", 0.5)

    text = Report([answered(3, 2)], failures, rows, 1.0).as_text()

    assert "1 files, 3 records in: 1 impressions, 2 failed, in 1.0 s" in text
    assert "incoming/a/x.json record 1: findings: is missing" in text
    assert "incoming/a/x.json: it is empty" in text
    assert text.index("fine-tuned") < text.index("baseline-constant")


def test_many_failures_are_counted_and_not_all_shown() -> None:
    failures = [failure(index, f"record {index}: no") for index in range(25)]

    text = Report([answered(25, 25)], failures, [], 1.0).as_text()

    assert text.count("incoming/a/x.json record") == 20
    assert "and 5 more" in text


def test_a_role_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(UsageError, match=r"'tuned'.*fine-tuned, pre-trained, baseline-constant"):
        check_models(["fine-tuned", "tuned"])
