"""The page: one HTML file that compares what the models wrote with what radiologists wrote."""

from __future__ import annotations

from pathlib import Path

from analytics.engine.athena import Athena
from analytics.lake import Lake
from analytics.report.gather import gather
from analytics.report.page import render
from common import files
from common.errors import UsageError

MOST_CASES = 2000


def write(lake: Lake, out: Path, most_cases: int = MOST_CASES) -> None:
    """Write the page of `lake` to `out`, in one step; the same lake makes the same bytes.

    Raises:
        UsageError: the folder of `out` does not exist.
        AwsError: the lake is denied or not there.
    """
    if not out.resolve().parent.is_dir():
        raise UsageError(f"--out {out}: its folder does not exist")
    with Athena(lake) as athena:
        text = render(gather(athena, lake.place, most_cases))
    files.write(out, text, mode=0o600)  # for its owner alone: the page contains report text
