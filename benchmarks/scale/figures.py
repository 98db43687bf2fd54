"""The figures of a run that docs/scale.md reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from benchmarks.scale.bill import bill_of
from benchmarks.scale.service_times import Measured
from benchmarks.scale.system import Outcome

Figures = dict[str, float]


def percentile(values: Sequence[float], share: float) -> float:
    """The percentile of some values, interpolated; 0 without values."""
    return float(np.percentile(values, share)) if len(values) else 0.0


def mean_over_time(steps: Sequence[tuple[float, int]], end: float) -> float:
    """The time-weighted mean of a number that changes in steps."""
    total, (at, level) = 0.0, (0.0, 0)
    for moment, value in steps:
        total += level * (moment - at)
        at, level = moment, value
    return (total + level * (end - at)) / end if end else 0.0


def most_per_second(moments: Sequence[float]) -> float:
    """The most events within one second of the clock."""
    return float(max(Counter(int(moment) for moment in moments).values(), default=0))


def figures_of(outcome: Outcome, measured: Measured) -> Figures:
    """Latency, queue age, concurrency, instances, requests and cost of a run.

    `lake_objects` are the objects that the run added to the lake, `most_done_per_second` the most
    files that were completed in one second: each is one put to each of the prefixes.
    """
    latencies, ages, usage = outcome.latencies, outcome.queue.ages, outcome.usage
    bill = bill_of(outcome, measured)
    reports = max(1, outcome.reports)
    done = [one.done_at for one in outcome.uploads if one.done_at is not None]
    busiest = most_per_second(done)
    instances = [count for _, count in outcome.endpoint.instances_at] or [1]
    return {
        "reports": float(outcome.reports),
        "dead": float(len(outcome.queue.dead)),
        "latency_median_s": percentile(latencies, 50),
        "latency_p99_s": percentile(latencies, 99),
        "latency_max_s": max(latencies, default=0.0),
        "age_median_s": percentile(ages, 50),
        "age_p99_s": percentile(ages, 99),
        "age_max_s": max(ages, default=0.0),
        "concurrency_mean": mean_over_time(outcome.queue.running_at, outcome.seconds),
        "concurrency_most": float(max((n for _, n in outcome.queue.running_at), default=0)),
        "instances_mean": outcome.endpoint.billed_s / outcome.seconds,
        "instances_most": float(max(instances)),
        "endpoint_s_per_thousand": outcome.endpoint_s_per_thousand,
        "ideal_share": outcome.ideal_share,
        "cold_starts": float(usage.cold_starts),
        "most_done_per_second": busiest,
        "dynamodb_writes_per_second": busiest * usage.dynamodb_write / max(1, len(done)),
        "lake_objects": float(usage.lake_objects),
        "dollars_per_report": bill.total / reports,
        "dollars_per_report_besides_endpoint": bill.besides_endpoint / reports,
        "dynamodb_dollars": bill.dynamodb,
        "kms_dollars": bill.kms,
        "kms_dollars_without_bucket_keys": bill_of(outcome, measured, bucket_keys=False).kms,
        "s3_dollars": bill.s3,
        "function_dollars": bill.function,
        "endpoint_dollars": bill.endpoint,
    }
