"""The cost of a model call on a GPU: a fixed part for the call and a part for each record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CostCurve:
    """A call with n records takes `call_ms + n * record_ms` milliseconds.

    The defaults are argued for in docs/benchmarks.md, "A GPU's cost curve".
    """

    call_ms: float = 300.0
    record_ms: float = 40.0

    def seconds(self, records: int) -> float:
        """The seconds of one call."""
        return (self.call_ms + records * self.record_ms) / 1000

    def batched_seconds(self, records: int, batch: int) -> float:
        """The seconds of `records` in full batches and, if some are left, one smaller batch."""
        full, left = divmod(records, batch)
        return full * self.seconds(batch) + (self.seconds(left) if left else 0.0)
