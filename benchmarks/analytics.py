"""The speed of the local engine's queries, and the speed and size of the HTML report.

The describe view is compared with pandas on the same files: pandas reads every row and column, the
engine only what the view needs.
"""

from __future__ import annotations

import gzip
import random
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import pandas as pd

from analytics import report
from analytics.engine.athena import Athena
from analytics.lake import FolderLake
from benchmarks.figures import Figure, Figures, in_turn, seconds
from benchmarks.reports import records
from chalicelib.output.scoring import METRICS
from chalicelib.settings import DRAFT_CHECKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.stage import Stage

SIZES = (2_000, 200_000, 2_000_000)
IN_PANDAS = 200_000  # pandas takes minutes for the largest
ROWS_PER_OBJECT = 400  # a chunk of 50 reports, two models, four metrics
CASES = 2_000
REPEATS = 3
DAY = "2026-11-02"
AT = f"{DAY} 10:00:00.000"
ROLES = ("fine-tuned", "pre-trained")
_FLAGS = 2  # per draft, about as many as bad drafts of invented reports have


def analytics(stage: Stage) -> Figures:
    """Seconds for describe and comparison by number of rows, the ratio to pandas, the report."""
    folder = stage.folder
    figures: Figures = {}
    for size in SIZES:
        lake = folder / f"lake-{size}"
        _write(lake / "rouge_scores", _scores(size // 8))
        name = _name(size)
        works = [partial(_ask, lake, "v_rouge_describe"), partial(_ask, lake, "v_comparison")]
        if size == IN_PANDAS:
            works.append(partial(_describe_in_pandas, lake))
        describe, comparison, *in_pandas = in_turn(REPEATS, *map(_timed, works))
        figures[f"describe_{name}_s"] = describe
        figures[f"comparison_{name}_s"] = comparison
        for pandas in in_pandas:
            figures[f"describe_{name}_to_pandas"] = describe.to(pandas)
    return figures | _page(folder)


def _page(folder: Path) -> Figures:
    lake, out = folder / "lake-page", folder / "report.html"
    texts = records(CASES, "page")
    _write(lake / "impressions", _drafts(texts))
    _write(lake / "rouge_scores", _scores(CASES))
    _write(lake / "checks", _flags(texts))
    _write(lake / "clinical_scores", _facts(CASES))
    [taken] = in_turn(REPEATS, _timed(lambda: report.write(FolderLake(lake), out)))
    return {"page_s": taken, "page_mb": Figure.of(out.stat().st_size / 1e6)}


def _timed(work: Callable[[], object]) -> Callable[[int], float]:
    return lambda _repeat: seconds(work)


def _ask(lake: Path, view: str) -> None:
    with Athena(FolderLake(lake)) as athena:
        athena.query(f"SELECT * FROM {view}")  # noqa: S608  # our own views


def _describe_in_pandas(lake: Path) -> None:
    parts = [pd.read_json(path, lines=True) for path in sorted(lake.rglob("*.jsonl.gz"))]
    pd.concat(parts).groupby(["dataset", "model_role", "metric"])["fmeasure"].describe()


def _name(size: int) -> str:
    return f"{size // 1_000_000}m" if size >= 1_000_000 else f"{size // 1_000}k"  # noqa: PLR2004  # a million


def _write(folder: Path, rows: Iterator[dict[str, Any]]) -> None:
    there = folder / f"dt={DAY}"
    there.mkdir(parents=True)
    encoder, lines, number = msgspec.json.Encoder(), list[bytes](), 0
    for row in rows:
        lines.append(encoder.encode(row))
        if len(lines) == ROWS_PER_OBJECT:
            _object(there, number, lines)
            lines, number = [], number + 1
    if lines:
        _object(there, number, lines)


def _object(there: Path, number: int, lines: list[bytes]) -> None:
    path = there / f"{number:032d}-0.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(lines) + b"\n", mtime=0))


def _common(report: int, role: str) -> dict[str, Any]:
    return {
        "report_id": f"s{report}",
        "run_id": f"{report // 50:032d}",
        "record_index": report % 50,
        "lane": "evaluation",
        "dataset": f"dev{report % 2 + 1}",
        "model_role": role,
        "model_id": "t5",
        "model_version": "1",
        "stratum": "normal" if report % 3 else "abnormal",
        "source_key": f"evaluation/dev/{report // 50}.jsonl",
        "schema_version": 1,
    }


def _scores(reports: int) -> Iterator[dict[str, Any]]:
    draw = random.Random(1)  # noqa: S311  # synthetic scores
    for number in range(reports):
        for role in ROLES:
            for metric in METRICS:
                yield _common(number, role) | {
                    "metric": metric,
                    "rouge_precision": draw.random(),
                    "rouge_recall": draw.random(),
                    "fmeasure": draw.random(),
                    "scorer": "rouge-score",
                    "scored_at": AT,
                }


def _drafts(texts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, text in enumerate(texts):
        for role in ROLES:
            yield _common(number, role) | {
                "endpoint_name": role,
                "prompt_sha256": "0" * 64,
                "findings": text["findings"],
                "reference_impression": text["impression"],
                "generated_impression": texts[(number + 7) % len(texts)]["impression"],
                "flags": list(dict.fromkeys(_flag_names(number))),
                "check_sentences": ["The draft has a finding that the findings deny."] * _FLAGS,
                "metadata": None,
                "latency_ms": 12.5,
                "call_records": 8,
                "output_truncated": False,
                "source_bucket": "landing",
                "source_etag": "e",
                "source_version_id": None,
                "generated_at": AT,
            }


def _flag_names(number: int) -> list[str]:
    return [DRAFT_CHECKS[(number + at) % len(DRAFT_CHECKS)] for at in range(_FLAGS)]


def _flags(texts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number in range(len(texts)):
        for role in ROLES:
            for at, name in enumerate(_flag_names(number)):
                yield _common(number, role) | {
                    "flag_index": at,
                    "flag": name,
                    "findings_spans": "[[4, 12], [8, 20]]",
                    "draft_spans": "[[3, 9]]",
                    "checker": "draft-checks",
                    "checked_at": AT,
                }


def _facts(reports: int) -> Iterator[dict[str, Any]]:
    draw = random.Random(2)  # noqa: S311  # synthetic scores
    strata = ("normal", "abnormal")
    for number in range(reports):
        for role in ROLES:
            yield _common(number, role) | {
                "facts_stratum": draw.choice(strata),
                "draft_stratum": draw.choice(strata),
                "facts_common": 1,
                "facts_draft": 2,
                "facts_reference": 2,
                "clinical_precision": 0.5,
                "clinical_recall": 0.5,
                "fmeasure": draw.random(),
                "scorer": "draft-checks",
                "scored_at": AT,
            }
