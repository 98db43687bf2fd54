"""`python -m analytics report`: write the HTML report."""

from __future__ import annotations

import argparse
from pathlib import Path

from analytics import options as lake_options
from common.errors import UsageError

HELP = "write the HTML report that compares models and radiologists"
DESCRIPTION = "Write a self-contained HTML report from a lake. It contains report text."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument(
        "--out", metavar="FILE", default="report.html", help="output file (default: report.html)"
    )
    parser.add_argument(
        "--cases",
        metavar="N",
        type=int,
        default=2000,
        help="maximum number of cases in the report (default: 2000)",
    )
    parser.add_argument(
        "--since", metavar="YYYY-MM-DD", help="only reports received since this day (UTC)"
    )
    parser.add_argument(
        "--dataset",
        metavar="NAME",
        action="append",
        default=[],
        help="only this dataset; can be given several times",
    )
    parser.add_argument(
        "--model-version",
        metavar="VERSION",
        action="append",
        default=[],
        help="only drafts of this model version, and the baselines; can be given several times",
    )
    lake_options.arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Write the report and print its path."""
    from analytics import places, report
    from analytics.report.scope import Scope, day

    if options.cases < 0:
        raise UsageError(f"--cases {options.cases}: must be 0 or more")
    scope = Scope(
        since=None if options.since is None else day(options.since),
        datasets=tuple(dict.fromkeys(options.dataset)),
        versions=tuple(dict.fromkeys(options.model_version)),
    )
    out = Path(options.out)
    with places.lake_of(options) as lake:
        report.write(lake, out, options.cases, scope)
    print(out)
    return 0
