"""`make bench`: measures, prints a table and stores it in build/bench.json.

python -m benchmarks                 all groups, half an hour
python -m benchmarks curve files     only these; the other groups' figures are kept
python -m benchmarks --show          print what is stored, and measure nothing
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from benchmarks import document, surroundings
from benchmarks.groups import GROUPS, ON_REQUEST, chosen
from benchmarks.stage import staged
from common.command_line import report
from common.environments import say
from common.errors import CommandError


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and store; returns 0 whether or not the bars are met."""
    options = _parser().parse_args(arguments)
    try:
        if not options.show:
            measure(options.groups)
    except CommandError as error:
        return report(error)
    print(document.table(document.read(), surroundings.commit()))
    return 0


def measure(names: Sequence[str]) -> None:
    """Run the named groups, or all, and store the figures of each as soon as it ends.

    Raises UsageError or LocalError.
    """
    groups = chosen(names)
    at = surroundings.commit()
    with staged() as stage:
        for name, group in groups.items():
            began = time.monotonic()
            figures = group(stage)
            # Read only now: another run may have stored its figures meanwhile.
            document.write(document.added(document.read(), name, figures, at))
            say(f"{name}: measured in {time.monotonic() - began:.0f} s")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the system, print a table and write build/bench.json.",
    )
    parser.add_argument(
        "groups",
        nargs="*",
        metavar="GROUP",
        help=f"what to measure (default: {', '.join(GROUPS)}); also: {', '.join(ON_REQUEST)}",
    )
    parser.add_argument(
        "--show", action="store_true", help="print the stored figures, and measure nothing"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
