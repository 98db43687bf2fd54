"""`python -m analytics report`: the page."""

from __future__ import annotations

import argparse
from pathlib import Path

from analytics import options as lake_options
from common.errors import UsageError

HELP = "write the page that compares models and radiologists"
DESCRIPTION = "Write one self-contained HTML page from a lake. It holds report text."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--out", metavar="FILE", default="report.html", help="where to write it")
    parser.add_argument(
        "--cases", metavar="N", type=int, default=2000, help="most cases on the page (2000)"
    )
    lake_options.arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Write the page; prints its path."""
    from analytics import places, report

    if options.cases < 0:
        raise UsageError(f"--cases {options.cases}: give 0 or more")
    out = Path(options.out)
    with places.lake_of(options) as lake:
        report.write(lake, out, options.cases)
    print(out)
    return 0
