"""The HTML report: one file that compares the models' drafts with radiologists' impressions."""

from __future__ import annotations

from pathlib import Path

from analytics.engine.athena import Athena
from analytics.lake import Lake
from analytics.report.gather import gather
from analytics.report.page import render
from analytics.report.scope import Scope
from common import files
from common.errors import UsageError

MOST_CASES = 2000


def write(lake: Lake, out: Path, most_cases: int = MOST_CASES, scope: Scope | None = None) -> None:
    """Write the HTML report of `lake` to `out` atomically; the same lake gives the same bytes.

    Raises:
        UsageError: the folder of `out`, or something that `scope` names, does not exist.
        AwsError: the lake does not exist or access is denied.
    """
    if not out.resolve().parent.is_dir():
        raise UsageError(f"--out {out}: its folder does not exist")
    with Athena(lake) as athena:
        text = render(gather(athena, lake.place, most_cases, scope))
    files.write(out, text, mode=0o600)  # owner only: it contains report text
