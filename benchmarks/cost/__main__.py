"""`python -m benchmarks.cost`: what a deployment costs, and the tables of docs/cost.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks import document
from benchmarks.cost import cases, page
from benchmarks.cost.counts import KEPT, counted, read_counts
from benchmarks.cost.month import Inputs
from benchmarks.scale import design
from benchmarks.scale.prices import read_prices
from benchmarks.scale.scenarios import HOSPITAL
from benchmarks.scale.service_times import read_measured
from common import files
from common.command_line import report
from common.environments import say
from common.errors import CommandError


def main(arguments: Sequence[str]) -> int:
    """Print the month of a deployment, or write the tables of docs/cost.md."""
    options = _parser().parse_args(arguments)
    try:
        if options.counts:
            files.write(KEPT, _json(counted(document.read())))
            say(f"{KEPT.name}: written from build/bench.json")
        inputs = Inputs(read_counts(), read_measured(), design.read(), read_prices(options.prices))
        if options.write:
            found = page.tables(cases.examples(), inputs)
            files.write(page.PAGE, page.written(page.PAGE.read_text(encoding="utf-8"), found))
            say("docs/cost.md: written")
        elif not options.counts:
            own = cases.own(options.hospitals, options.reports, options.instances)
            print(page.month_table([own], inputs))
            print(page.nights_table([own], inputs))
    except CommandError as error:
        return report(error)
    return 0


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cost", description=main.__doc__)
    parser.add_argument("--prices", type=Path, metavar="FILE", help="JSON of prices of your own")
    parser.add_argument("--hospitals", type=_positive, default=1, metavar="N")
    parser.add_argument(
        "--reports", type=_positive, default=HOSPITAL, metavar="N", help="of a hospital, a day"
    )
    parser.add_argument(
        "--instances", type=float, default=1.0, metavar="N", help="mean instances of the endpoint"
    )
    parser.add_argument("--write", action="store_true", help="write the tables of docs/cost.md")
    parser.add_argument(
        "--counts", action="store_true", help="take the counts of make bench GROUPS=calls"
    )
    return parser


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
