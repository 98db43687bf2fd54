"""Lakes on disk, written with the row types that the Lambda writes with."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from analytics.engine.athena import Athena
from analytics.lake import FolderLake
from chalicelib.output.tables import (
    CheckRow,
    ClinicalRow,
    FailureRow,
    FileRow,
    ImpressionRow,
    RougeRow,
)

DAY = "2026-11-02"
AT = f"{DAY} 10:00:00.123"
DRAFT = {
    "report_id": "r1",
    "run_id": "o1",
    "record_index": 0,
    "lane": "evaluation",
    "dataset": "dev1",
    "model_role": "fine-tuned",
    "model_id": "t5",
    "model_version": "1",
}
METRICS = ("rouge1", "rouge2", "rougeL", "rougeLsum")


def impression(**given: Any) -> dict[str, Any]:
    row = (
        DRAFT
        | {
            "endpoint_name": "endpoint",
            "prompt_sha256": "0",
            "findings": "Heart is normal.",
            "reference_impression": "Normal heart.",
            "generated_impression": "Normal.",
            "stratum": "normal",
            "flags": [],
            "check_sentences": [],
            "metadata": None,
            "latency_ms": 10.0,
            "call_records": 1,
            "output_truncated": False,
            "source_bucket": "landing",
            "source_key": "evaluation/dev1/a.json",
            "source_etag": "e",
            "source_version_id": None,
            "generated_at": AT,
        }
        | given
    )
    return dict(msgspec.to_builtins(msgspec.convert(row, ImpressionRow)))


def score(**given: Any) -> dict[str, Any]:
    row = (
        DRAFT
        | {
            "stratum": "normal",
            "metric": "rouge1",
            "rouge_precision": 0.5,
            "rouge_recall": 0.5,
            "fmeasure": 0.5,
            "scorer": "rouge-score",
            "source_key": "evaluation/dev1/a.json",
            "scored_at": AT,
        }
        | given
    )
    return dict(msgspec.to_builtins(msgspec.convert(row, RougeRow)))


def clinical(**given: Any) -> dict[str, Any]:
    row = (
        DRAFT
        | {
            "stratum": "normal",
            "facts_stratum": "normal",
            "draft_stratum": "normal",
            "facts_common": 1,
            "facts_draft": 2,
            "facts_reference": 2,
            "clinical_precision": 0.5,
            "clinical_recall": 0.5,
            "fmeasure": 0.5,
            "scorer": "draft-checks 1",
            "source_key": "evaluation/dev1/a.json",
            "scored_at": AT,
        }
        | given
    )
    return dict(msgspec.to_builtins(msgspec.convert(row, ClinicalRow)))


def check(**given: Any) -> dict[str, Any]:
    """A row of `checks`; without a flag it says that the draft was checked."""
    row = (
        DRAFT
        | {
            "stratum": "normal",
            "flag_index": 0,
            "flag": None,
            "findings_spans": "[]",
            "draft_spans": "[]",
            "checker": "draft-checks 1",
            "source_key": "evaluation/dev1/a.json",
            "checked_at": AT,
        }
        | given
    )
    return dict(msgspec.to_builtins(msgspec.convert(row, CheckRow)))


def failure(**given: Any) -> dict[str, Any]:
    row = {
        "run_id": "o1",
        "lane": "incoming",
        "dataset": "hospital",
        "record_index": 3,
        "report_id": None,
        "model_role": None,
        "stage": "record",
        "error_type": "RecordRejected",
        "error_message": "findings: is blank",
        "retryable": False,
        "source_bucket": "landing",
        "source_key": "incoming/hospital/a.json",
        "source_etag": "e",
        "source_version_id": None,
        "failed_at": AT,
    } | given
    return dict(msgspec.to_builtins(msgspec.convert(row, FailureRow)))


def file(**given: Any) -> dict[str, Any]:
    row = {
        "run_id": "o1",
        "lane": "evaluation",
        "dataset": "dev1",
        "source_bucket": "landing",
        "source_key": "evaluation/dev1/a.json",
        "source_etag": "e",
        "source_version_id": None,
        "source_size": 100,
        "status": "complete",
        "records_total": 1,
        "records_ok": 1,
        "records_failed": 0,
        "chunks": 1,
        "result_key": "results/a.json",
        "attempt": 1,
        "lambda_request_id": "x",
        "landed_at": AT,
        "started_at": AT,
        "finished_at": AT,
    } | given
    return dict(msgspec.to_builtins(msgspec.convert(row, FileRow)))


class LakeOnDisk:
    """A lake's folder; `put` writes one object of rows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(
        self, table: str, *rows: dict[str, Any], day: str = DAY, name: str | None = None
    ) -> Path:
        there = self.folder / table / f"dt={day}"
        there.mkdir(parents=True, exist_ok=True)
        name = name or f"{len(list(there.iterdir())):032d}-0"
        path = there / f"{name}.jsonl.gz"
        path.write_bytes(gzip.compress(b"".join(msgspec.json.encode(row) + b"\n" for row in rows)))
        return path

    def drafts(self, count: int, **given: Any) -> None:
        """`count` reports with a draft and its four scores, from 0 to 1."""
        self.put(
            "impressions",
            *(impression(report_id=f"r{i}", record_index=i, **given) for i in range(count)),
        )
        kept = {
            k: v for k, v in given.items() if k in {"dataset", "model_role", "stratum", "run_id"}
        }
        self.put(
            "rouge_scores",
            *(
                score(
                    report_id=f"r{i}",
                    record_index=i,
                    metric=metric,
                    fmeasure=i / max(count - 1, 1),
                    **kept,
                )
                for i in range(count)
                for metric in METRICS
            ),
        )


@pytest.fixture
def lake(tmp_path: Path) -> LakeOnDisk:
    folder = tmp_path / "lake"
    folder.mkdir()
    return LakeOnDisk(folder)


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def athena(lake: LakeOnDisk, warnings: list[str]) -> Iterator[Athena]:
    with Athena(FolderLake(lake.folder), warnings.append) as made:
        yield made


@pytest.fixture
def rows() -> Callable[..., dict[str, Any]]:
    return score
