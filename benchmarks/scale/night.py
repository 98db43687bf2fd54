"""The nightly window: the sweep, gathering, the transform job, and joining its drafts."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from benchmarks.scale import system
from benchmarks.scale.design import Design
from benchmarks.scale.endpoint import Curve
from benchmarks.scale.prices import PRICES
from benchmarks.scale.service_times import FULL_VCPU_MB, Measured, Published
from benchmarks.scale.system import INSTANCE_START_S, Arrival
from chalicelib.nightly.context import RESERVE_S
from chalicelib.nightly.gather import READERS
from chalicelib.nightly.sweep import CONCURRENT_CHECKS

# ListObjectsV2 returns at most so many keys (S3 API reference).
KEYS_PER_PAGE = 1000
# The sweep lists a lane's objects, all of them: the filter by date comes after the listing.
YEAR_DAYS = 365
# Records that the container of a transform job drafts at a time: its own choice, an assumption.
CONTAINER_RECORDS = 8


@dataclass(frozen=True)
class Night:
    """Seconds of each part of the nightly window, one after another, and what it costs.

    Attributes:
        sweep_s: listing the landing bucket and looking up the results of the last SweepDays.
        gather_s: reading the nightly lane into shards.
        job_s: the transform job, its start included.
        join_s: from the end of the job to the last result.
        invocations: invocations of the nightly function, which continues in a new one.
        dollars: the job and the sweep's requests.
    """

    sweep_s: float
    gather_s: float
    job_s: float
    join_s: float
    invocations: int
    dollars: float

    @property
    def total_s(self) -> float:
        """The length of the nightly window."""
        return self.sweep_s + self.gather_s + self.job_s + self.join_s


@dataclass(frozen=True)
class Load:
    """Small files by day, and what the nightly lane holds: files, and records in each of them."""

    files_a_day: int
    nightly_files: int
    records_per_file: int


def night(
    design: Design,
    load: Load,
    curve: Curve,
    measured: Measured,
    published: Published,
) -> Night:
    """The nightly window of one night."""
    full_core = min(1.0, design.memory_mb / FULL_VCPU_MB)
    s3_s = published.s3.median_ms / 1000
    kept = design.landing_days or YEAR_DAYS
    pages = math.ceil(kept * load.files_a_day / KEYS_PER_PAGE)
    checks = design.sweep_days * load.files_a_day
    # The checks of a page run in parallel, but their computing does not.
    checking_s = max(
        checks * s3_s / CONCURRENT_CHECKS, checks * measured.check_ms / 1000 / full_core
    )
    sweep_s = pages * s3_s + checking_s
    records = load.nightly_files * load.records_per_file
    gather_s = max(
        2 * load.nightly_files * s3_s / READERS,
        records * measured.gather_record_ms / 1000 / full_core,
    )
    job_s, instance_s = job(design, records, curve)
    return Night(
        sweep_s=sweep_s,
        gather_s=gather_s,
        job_s=job_s,
        join_s=_join_s(design, measured, load.nightly_files, load.records_per_file),
        invocations=max(
            1, math.ceil((sweep_s + gather_s) / (design.function_timeout_s - RESERVE_S))
        ),
        dollars=instance_s / 3600 * PRICES.transform_hour
        + pages * PRICES.s3_put
        + checks * PRICES.s3_get,
    )


def job(design: Design, records: int, curve: Curve) -> tuple[float, float]:
    """Seconds of the transform job and of all its instances together.

    An instance takes one shard after another; a shard is not divided.
    """
    if not records:
        return 0.0, 0.0
    shards = [design.shard_records] * (records // design.shard_records)
    if records % design.shard_records:
        shards.append(records % design.shard_records)
    loads = [0.0] * design.transform_instances
    for shard in shards:
        least = min(range(len(loads)), key=loads.__getitem__)
        loads[least] += curve.ideal_s(shard, CONTAINER_RECORDS)
    job_s = INSTANCE_START_S + max(loads)
    return job_s, job_s * design.transform_instances


def _join_s(design: Design, measured: Measured, files: int, records_per_file: int) -> float:
    """The job's units through the queue and the function, with no endpoint to wait for."""
    if not files:
        return 0.0
    size = design.chunk_records
    units = [
        Arrival(0.0, min(size, records_per_file - start))
        for start in range(0, records_per_file, size)
    ]
    joined = system.run(
        replace(design, shares_calls=True),
        units * files,
        curve=Curve(0.0, 0.0),
        measured=measured,
        scales=False,
    )
    return max(joined.latencies)
