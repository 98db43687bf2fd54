"""The main job: files dropped into S3 come back as impressions and ROUGE rows."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rouge_score.rouge_scorer import RougeScorer

from common.paths import ROOT
from local.client import run as running
from local.client import waiting
from local.stack import lifecycle as stacks

METRICS = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
# Real reports are never in the repository: name a file of them, in any form, to try it.
REPORTS = os.environ.get("REAL_REPORTS", "")


def rows(stack: stacks.Stack, table: str, report: running.Report) -> list[dict[str, Any]]:
    wanted = {one.dropped.ref.object_id for one in report.answered}
    s3, bucket = stack.client("s3"), stack.outputs.results_bucket
    found = []
    pages = s3.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=bucket, Prefix=f"lake/{table}/"):
        for item in page.get("Contents", []):
            if item["Key"].rsplit("/", 1)[-1][:32] in wanted:
                body = s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
                found += [json.loads(line) for line in gzip.decompress(body).splitlines()]
    return found


def identity(row: dict[str, Any]) -> tuple[str, int]:
    return row["run_id"], row["record_index"]


def entries(stack: stacks.Stack, one: waiting.Answered) -> list[dict[str, Any]]:
    if "impressions" in one.document:
        return list(one.document["impressions"])
    s3, bucket = stack.client("s3"), stack.outputs.results_bucket
    parts = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in one.document["parts"]]
    return [json.loads(line) for part in parts for line in part.splitlines()]


def drop(stack: stacks.Stack, path: Path, **options: Any) -> running.Report:
    return running.run(stack, [str(path)], quiet=True, patience_s=60, **options)


def test_every_example_record_becomes_one_impression_or_one_failure(stack: stacks.Stack) -> None:
    report = drop(stack, ROOT / "examples" / "hospital")

    drafted = Counter(map(identity, rows(stack, "impressions", report)))
    failed = Counter(map(identity, rows(stack, "failures", report)))

    assert report.records == sum(one.dropped.records for one in report.answered)
    assert set(drafted.values()) == set(failed.values()) == {1}
    assert not drafted.keys() & failed.keys()
    assert len(drafted) + len(failed) == report.records
    assert report.failed == len(failed) > 0
    assert len(rows(stack, "files", report)) == len(report.answered)
    for one in report.answered:
        assert len(entries(stack, one)) == one.records
        assert one.document["status"] == ("partial" if one.failed else "complete")


def test_rouge_rows_equal_the_package_on_the_same_texts(stack: stacks.Stack) -> None:
    report = drop(stack, ROOT / "examples" / "evaluation", lane="evaluation")

    assert_rouge_rows_are_the_package_s(stack, report, models=4)


def assert_rouge_rows_are_the_package_s(
    stack: stacks.Stack, report: running.Report, models: int
) -> None:
    texts = {
        (row["record_index"], row["model_role"]): row for row in rows(stack, "impressions", report)
    }
    scored = rows(stack, "rouge_scores", report)
    scorer = RougeScorer(METRICS, use_stemmer=False)
    assert len(scored) == len(texts) * len(METRICS) == report.records * models * len(METRICS)
    for row in scored:
        text = texts[row["record_index"], row["model_role"]]
        expected = scorer.score(text["reference_impression"], text["generated_impression"])
        figures = (row["rouge_precision"], row["rouge_recall"], row["fmeasure"])
        assert figures == pytest.approx(tuple(expected[row["metric"]]), abs=1e-9)


def test_the_fine_tuned_model_beats_the_constant_sentence(stack: stacks.Stack) -> None:
    report = drop(stack, ROOT / "examples" / "evaluation", lane="evaluation")

    scores = report.as_json()["scores"]["evaluation"]

    assert scores["fine-tuned"]["rouge1"] > scores["baseline-constant"]["rouge1"] + 0.1
    assert scores["fine-tuned"]["rouge1"] > scores["baseline-lead"]["rouge1"] + 0.1


def test_a_large_array_is_answered_in_order_by_parts(stack: stacks.Stack, tmp_path: Path) -> None:
    lines = (ROOT / "examples" / "evaluation" / "held-out.jsonl").read_text("utf-8").splitlines()
    known = [json.loads(line) for line in lines]
    records = [
        {
            "study_id": f"study-{number}",
            "subject_id": f"subject-{number % 7}",
            "findings": known[number % len(known)]["findings"],
            "impression": known[number % len(known)]["impression"],
            "background": "Cough. " * 20,
        }
        for number in range(260)
    ]
    path = tmp_path / "day.json"
    path.write_text(json.dumps(records), encoding="utf-8")

    report = drop(stack, path)

    one = report.answered[0]
    found = entries(stack, one)
    assert one.document["counts"] == {"records": 260, "ok": 260, "failed": 0}
    assert len(one.document["parts"]) == 6
    assert [entry["report_id"] for entry in found] == [record["study_id"] for record in records]
    assert found[3]["metadata"] == {"subject_id": "subject-3", "background": "Cough. " * 20}
    assert len(rows(stack, "rouge_scores", report)) == 260 * len(METRICS)


def test_the_same_event_again_changes_nothing(stack: stacks.Stack, tmp_path: Path) -> None:
    path = tmp_path / "once.json"
    path.write_text('{"report_id": "once", "findings": "The lungs are clear."}', encoding="utf-8")
    report = drop(stack, path, dataset="twice")
    ref = report.answered[0].dropped.ref
    before = versions(stack)

    message = {"bucket": ref.bucket, "key": ref.key, "etag": ref.etag, "start": 0, "stop": 1}
    for body in (message, message | {"version_id": ref.version_id}):
        stack.client("sqs").send_message(
            QueueUrl=stack.outputs.work_queue_url, MessageBody=json.dumps(body)
        )
    after = drop(stack, write(tmp_path / "marker.json"), dataset="marker")

    own = {key: count for key, count in versions(stack).items() if not belongs(key, after)}
    assert own == before


def test_keys_of_every_shape_reach_their_own_result(stack: stacks.Stack, tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    names = [
        "a b+c.json",
        "100%.json",
        "a%2Fb.json",
        "Größe 肺.json",
        "deep/er/x.json",
        "'\"&.json",
    ]
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        record = {"report_id": f"r{number}", "findings": "Small left pleural effusion."}
        path.write_text(json.dumps(record), encoding="utf-8")

    report = drop(stack, folder)

    by_key = {one.dropped.ref.key: one.document for one in report.answered}
    for number, name in enumerate(names):
        document = by_key[f"incoming/keys/{name}"]
        assert document["source"]["key"] == f"incoming/keys/{name}"
        assert [entry["report_id"] for entry in document["impressions"]] == [f"r{number}"]


@pytest.mark.skipif(not REPORTS, reason="REAL_REPORTS names no file")
def test_real_reports_are_all_accounted_for(stack: stacks.Stack) -> None:
    report = drop(stack, Path(REPORTS))

    assert (report.records > 0, report.failed) == (True, 0)
    assert_rouge_rows_are_the_package_s(stack, report, models=1)


def write(path: Path) -> Path:
    path.write_text('{"findings": "The lungs are clear."}', encoding="utf-8")
    return path


def versions(stack: stacks.Stack) -> Counter[str]:
    """How often each key of the results bucket was written."""
    pages = stack.client("s3").get_paginator("list_object_versions")
    found: Counter[str] = Counter()
    for page in pages.paginate(Bucket=stack.outputs.results_bucket):
        found.update(item["Key"] for item in page.get("Versions", []))
    return found


def belongs(key: str, report: running.Report) -> bool:
    ref = report.answered[0].dropped.ref
    return ref.object_id in key or key == f"results/{ref.key}.json"
