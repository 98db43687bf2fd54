"""The function's memory use for a small and a very large file, in the deployed stack."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.reports import records
from local.client import run as running

if TYPE_CHECKING:
    from local.stack.lifecycle import Stack

SMALL, LARGE = 1_000, 100_000
# These reports are repeated: generating 100,000 would take longer than reading them.
DIFFERENT = 1_000
PATIENCE_S = 300.0
_PEAK = re.compile(rb"VmHWM:\s+(\d+) kB")


def memory_of_a_large_file(stack: Stack, folder: Path) -> dict[str, float]:
    """Upload an array of 1,000 records, then one of 100,000: peak MB of the function's processes.

    Call it first: a process's peak covers everything that it has done.
    """
    some = json.dumps(records(DIFFERENT, "whole"))[1:-1]
    figures: dict[str, float] = {}
    for count in (SMALL, LARGE):
        path = folder / f"whole-{count}.json"
        path.write_text("[" + ", ".join([some] * (count // DIFFERENT)) + "]", encoding="utf-8")
        report = running.run(stack, [str(path)], quiet=True, patience_s=PATIENCE_S)
        if (report.records, report.failed) != (count, 0):
            message = f"{report.records} of {count} records accounted for, {report.failed} failed"
            raise RuntimeError(message)
        figures[f"handler_peak_{count}_mb"] = max(_peaks_mb(stack))
        figures[f"whole_file_{count}_s"] = report.seconds
    peaks = [figures[f"handler_peak_{count}_mb"] for count in (SMALL, LARGE)]
    figures["handler_peak_large_to_small"] = peaks[1] / peaks[0]
    return figures


def _peaks_mb(stack: Stack) -> list[float]:
    """The peaks of the processes in which MiniStack runs the function."""
    marks = (
        str(stack.settings.temporary_directory).encode(),
        stack.outputs.function_name.encode(),
    )
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes()
            if all(mark in command for mark in marks):
                peak = _PEAK.search((process / "status").read_bytes())
                found += [int(peak[1]) / 1000] if peak else []
    return found
