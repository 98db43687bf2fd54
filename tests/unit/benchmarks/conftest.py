from dataclasses import replace
from typing import Any

import pytest

from benchmarks.scale import design
from benchmarks.scale.design import Design
from benchmarks.scale.service_times import Latency, Measured, Published

EXACT = Published(*(Latency(ms, ms) for ms in (100.0, 5.0, 10.0, 500.0, 150.0)))
MEASURED = Measured(
    machine="none",
    invocation_ms=1.0,
    file_ms=10.0,
    record_ms=0.5,
    scan_record_ms=0.01,
    cold_start_ms=300.0,
    check_ms=1.0,
    gather_record_ms=0.05,
    log_bytes_per_file=800.0,
)


@pytest.fixture(scope="session")
def base() -> Design:
    """A full vCPU, so that CPU times are what MEASURED says; its other values are not changed."""
    return replace(
        design.read(),
        memory_mb=1769,
        batch_size=8,
        window_s=0.0,
        concurrency=4,
        micro_batch_records=8,
    )


@pytest.fixture
def exact() -> dict[str, Any]:
    """Arguments of a run without chance in the service times, and with one instance."""
    return {"measured": MEASURED, "published": EXACT, "scales": False}
