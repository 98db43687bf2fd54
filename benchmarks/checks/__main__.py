"""`python -m benchmarks.checks`: prints the tables of docs/draft-checks.md.

With REAL_REPORTS=file.jsonl, errors are also seeded into your own reports; nothing of them is
printed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from benchmarks.checks.measure import tables
from common.command_line import report
from common.errors import CommandError


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 0 whatever the figures are."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.checks",
        description="Measure the labeller and the checks of drafts, and print tables.",
    )
    parser.add_argument(
        "--offline", action="store_true", help="leave out the labelled reports, a download"
    )
    options = parser.parse_args(arguments)
    try:
        for table in tables(labelled=not options.offline):
            print(table, end="\n\n", flush=True)
    except CommandError as error:
        return report(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
