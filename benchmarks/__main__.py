"""`make bench`: runs every benchmark, prints the results and writes build/bench.json."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from tabulate import tabulate

from benchmarks.analytics import analytics
from benchmarks.calls import aws_calls_a_file
from benchmarks.cold_start import cold_start
from benchmarks.large_file import large_file
from benchmarks.throughput import files_a_second, records_a_second
from benchmarks.whole_file import memory_of_a_large_file
from common.paths import ROOT
from common.stack_settings import LocalStackSettings
from local.packaging import package
from local.stack import lifecycle

# AWS Lambda quota for a function's unzipped code.
LAMBDA_LIMIT_MB = 250
# AWS calls for one small file.
MOST_CALLS = 10
MOST_PEAK_RATIO = 1.2
# The HTML report with 2,000 cases.
PAGE_S = 5
PAGE_MB = 1.5


def main() -> int:
    """Measure and store; returns 0 whether or not the bars are met."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = LocalStackSettings(state_directory=folder / "stack")
        try:
            running = lifecycle.up(settings)
            figures = memory_of_a_large_file(running, folder)
            figures |= cold_start(package.build(settings.package_directory), folder)
            figures |= large_file()
            figures |= aws_calls_a_file(running)
            figures |= files_a_second(running, folder)
            figures |= records_a_second(running, folder)
        finally:
            lifecycle.down(settings)
        figures |= analytics(folder)
    bars = {
        "handler_peak_large_to_small": _bar(
            figures["handler_peak_large_to_small"], MOST_PEAK_RATIO
        ),
        "unzipped_mb": _bar(figures["unzipped_mb"], LAMBDA_LIMIT_MB),
        "aws_calls_a_file": _bar(figures["aws_calls_a_file"], MOST_CALLS),
        "page_s": _bar(figures["page_s"], PAGE_S),
        "page_mb": _bar(figures["page_mb"], PAGE_MB),
    }
    print(tabulate(sorted(figures.items()), ["figure", "value"], floatfmt=".3f"))
    for bar, found in bars.items():
        word = "met" if found["met"] else "NOT met"
        print(f"bar {bar}: {found['value']:.3f}, at most {found['bar']}: {word}")
    out = ROOT / "build" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps({"figures": figures, "bars": bars}, indent=1) + "\n", "utf-8")
    return 0


def _bar(value: float, at_most: float) -> dict[str, float | bool]:
    return {"value": value, "bar": at_most, "met": value <= at_most}


if __name__ == "__main__":
    sys.exit(main())
