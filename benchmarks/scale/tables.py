"""The tables of docs/scale/figures.md, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from benchmarks.scale.figures import Figures
from benchmarks.scale.night import Night
from benchmarks.scale.prices import PRICES
from benchmarks.scale.sweep import Cell

# Requests per second and partitioned prefix (S3 user guide, "Best practices design patterns").
S3_PUTS_PER_SECOND = 3500
S3_GETS_PER_SECOND = 5500
# impressions, rouge_scores, files
TABLES_OF_A_FILE = 3
QUERY_DAYS = 30


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, its first column left, the others right."""
    lines = [headings, ["---", *("---:" for _ in headings[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def sweep_table(cells: Sequence[Cell]) -> str:
    """One row per pair of parameters, one column per load."""
    names = list(dict.fromkeys(cell.load for cell in cells))
    rows: dict[str, list[str]] = {}
    for cell in cells:
        wait = " (up to 20)" if cell.low_traffic_wait else ""
        row = rows.setdefault(
            f"{cell.micro_batch} · {cell.batch_size} · {cell.window_s:.0f}{wait}", []
        )
        row.append(
            f"{cell.endpoint_s_per_thousand:.0f} · {cell.latency_median_s:.1f}"
            f" · {cell.latency_p99_s:.1f}"
        )
    return table(
        ["records per call · BatchSize · window (s)", *names],
        ([name, *row] for name, row in rows.items()),
    )


def day_table(found: Mapping[str, Figures]) -> str:
    """Latency, queue age, concurrency and instances of each scenario."""
    headings = [
        "scenario",
        "latency (s): median, p99, max",
        "queue age (s): median, p99, max",
        "concurrency: mean, most",
        "instances: mean, most",
        "endpoint-s per 1,000",
        "of ideal",
        "dead letters",
    ]
    rows = (
        [
            name,
            _three(one, "latency"),
            _three(one, "age"),
            f"{one['concurrency_mean']:.2f}, {one['concurrency_most']:.0f}",
            f"{one['instances_mean']:.2f}, {one['instances_most']:.0f}",
            f"{one['endpoint_s_per_thousand']:.0f}",
            f"{one['ideal_share']:.2f}",
            f"{one['dead']:,.0f}",
        ]
        for name, one in found.items()
    )
    return table(headings, rows)


def _three(one: Figures, what: str) -> str:
    values = (one[f"{what}_{which}_s"] for which in ("median", "p99", "max"))
    return ", ".join(f"{value:,.1f}" for value in values)


def store_table(found: Mapping[str, Figures]) -> str:
    """What S3, DynamoDB and Athena have to bear in each scenario."""
    headings = [
        "scenario",
        "S3 puts/s per prefix, most",
        "of S3's 3,500",
        "DynamoDB writes/s, most",
        "DynamoDB $ a day",
        "lake objects a day",
        f"{QUERY_DAYS} days of a table: objects",
        "GET $ per query",
        "at least (s)",
    ]
    rows = []
    for name, one in found.items():
        objects = one["lake_objects"] / TABLES_OF_A_FILE * QUERY_DAYS
        rows.append(
            [
                name,
                f"{one['most_done_per_second']:.0f}",
                f"{one['most_done_per_second'] / S3_PUTS_PER_SECOND:.2%}",
                f"{one['dynamodb_writes_per_second']:.0f}",
                f"{one['dynamodb_dollars']:.3f}",
                f"{one['lake_objects']:,.0f}",
                f"{objects:,.0f}",
                f"{objects * PRICES.s3_get:.4f}",
                f"{objects / S3_GETS_PER_SECOND:.0f}",
            ]
        )
    return table(headings, rows)


def cost_table(found: Mapping[str, Figures]) -> str:
    """Dollars per 1,000 reports, and of the day by service."""
    headings = [
        "scenario",
        "$ per 1,000 reports",
        "without the endpoint",
        "endpoint $ a day",
        "function",
        "S3 requests",
        "KMS",
        "KMS without bucket keys",
    ]
    keys = ("endpoint", "function", "s3", "kms")
    rows = (
        [
            name,
            f"{1000 * one['dollars_per_report']:,.2f}",
            f"{1000 * one['dollars_per_report_besides_endpoint']:.3f}",
            *(f"{one[f'{key}_dollars']:.3f}" for key in keys),
            f"{one['kms_dollars_without_bucket_keys']:.3f}",
        ]
        for name, one in found.items()
    )
    return table(headings, rows)


def night_table(found: Mapping[str, Night]) -> str:
    """Minutes of each part of the nightly window."""
    headings = [
        "night",
        "sweep (min)",
        "gather",
        "job",
        "join",
        "window",
        "invocations",
        "$ a night",
    ]
    rows = (
        [
            name,
            *(
                f"{seconds / 60:,.1f}"
                for seconds in (one.sweep_s, one.gather_s, one.job_s, one.join_s, one.total_s)
            ),
            str(one.invocations),
            f"{one.dollars:.2f}",
        ]
        for name, one in found.items()
    )
    return table(headings, rows)
