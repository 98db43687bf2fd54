"""One file of 1,000 to 100,000 records: the function's memory, the time, and how it grows."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from benchmarks import cpu
from benchmarks.figures import Figure, Figures
from benchmarks.model_limit import Limit
from benchmarks.reports import records

if TYPE_CHECKING:
    from benchmarks.stage import Stage

# In this order: a process's peak covers everything that it has done.
SMALL, MEDIUM, LARGE = 1_000, 10_000, 100_000
# These reports are repeated: generating 100,000 would take longer than reading them.
DIFFERENT = 1_000
# The model alone takes as long for every thousand: it is measured with these, before each file.
ALONE = 2_000


def whole_file(stage: Stage) -> Figures:
    """Upload arrays of 1,000, 10,000 and 100,000 records; measure the model alone in between.

    `growth_exponent` is the exponent e with which the time grows, time ~ records ** e, from 10,000
    to 100,000 records.
    """
    different = records(DIFFERENT, "whole")
    texts = [one["findings"] for one in different] * (ALONE // DIFFERENT)
    some = json.dumps(different)[1:-1]
    limit = Limit(stage.model)
    figures: Figures = {}
    alone, taken, peaks = [], {}, {}
    for count in (SMALL, MEDIUM, LARGE):
        alone.append(limit.seconds(texts) / ALONE)
        path = stage.text_file("[" + ", ".join([some] * (count // DIFFERENT)) + "]")
        taken[count] = stage.run(path, count).seconds
        peaks[count] = max(cpu.peaks_mb(stage.stack))
        figures[f"whole_file_{count}_s"] = Figure.of(taken[count])
        figures[f"whole_file_{count}_records_a_second"] = Figure.of(count / taken[count])
        figures[f"handler_peak_{count}_mb"] = Figure.of(peaks[count])
    alone.append(limit.seconds(texts) / ALONE)
    growth = math.log(taken[LARGE] / taken[MEDIUM]) / math.log(LARGE / MEDIUM)
    return figures | {
        "handler_peak_large_to_small": Figure.of(peaks[LARGE] / peaks[SMALL]),
        "growth_exponent": Figure.of(growth),
        "model_limit_texts_a_call": Figure.of(limit.batch),
        # Against the model right before and right after.
        "large_file_to_model_limit": Figure.of(*(one * LARGE / taken[LARGE] for one in alone[-2:])),
    }
