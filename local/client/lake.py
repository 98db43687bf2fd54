"""Reads rows of a stack's lake, and computes mean ROUGE scores from them."""

from __future__ import annotations

import gzip
import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from chalicelib.output.tables import FailureRow, RougeRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from local.client.deployed import Deployed
    from local.client.uploads import Dropped

OBJECT_ID_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Mean:
    """Mean F1 of one model on one dataset, over all reports and per stratum."""

    dataset: str
    model: str
    reports: int
    fmeasure: dict[str, float]
    normal: float | None
    abnormal: float | None


def read_failures(stack: Deployed, dropped: Sequence[Dropped]) -> list[FailureRow]:
    """The failure rows of these files, sorted by key and record."""
    rows = [
        msgspec.json.decode(line, type=FailureRow) for line in _lines(stack, "failures", dropped)
    ]
    return sorted(rows, key=lambda row: (row.source_key, row.record_index or 0))


def read_scores(stack: Deployed, dropped: Sequence[Dropped]) -> list[RougeRow]:
    """The ROUGE rows of these files."""
    return [
        msgspec.json.decode(line, type=RougeRow) for line in _lines(stack, "rouge_scores", dropped)
    ]


def means(scores: Iterable[RougeRow]) -> list[Mean]:
    """Mean ROUGE F1 by dataset and model."""
    found: dict[tuple[str, str], list[RougeRow]] = defaultdict(list)
    for row in scores:
        found[row.dataset, row.model_role].append(row)
    return [_mean(dataset, model, rows) for (dataset, model), rows in sorted(found.items())]


def _mean(dataset: str, model: str, rows: Sequence[RougeRow]) -> Mean:
    by_metric: dict[str, list[float]] = defaultdict(list)
    by_stratum: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        by_metric[row.metric].append(row.fmeasure)
        if row.metric == "rouge1":
            by_stratum[row.stratum].append(row.fmeasure)
    return Mean(
        dataset=dataset,
        model=model,
        reports=len(by_metric["rouge1"]),
        fmeasure={metric: _average(values) for metric, values in sorted(by_metric.items())},
        normal=_average(by_stratum["normal"]) if by_stratum["normal"] else None,
        abnormal=_average(by_stratum["abnormal"]) if by_stratum["abnormal"] else None,
    )


def _average(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _lines(stack: Deployed, table: str, dropped: Sequence[Dropped]) -> Iterator[bytes]:
    """The lines of a table that belong to these files."""
    wanted = {one.ref.object_id for one in dropped}
    s3, bucket = stack.client("s3"), stack.outputs.results_bucket
    pages = s3.get_paginator("list_objects_v2")
    for day in sorted({one.day for one in dropped}):
        for page in pages.paginate(Bucket=bucket, Prefix=f"lake/{table}/dt={day}/"):
            for item in page.get("Contents", []):
                name = item["Key"].rsplit("/", 1)[-1]
                if name[:OBJECT_ID_LENGTH] in wanted:
                    body = s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
                    yield from gzip.decompress(body).splitlines()
