"""`python -m training.synthetic`: generate synthetic reports, and the examples made of them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from training.synthetic.examples import write_examples
from training.synthetic.stream import reports


def parser() -> argparse.ArgumentParser:
    """The command-line parser."""
    top = argparse.ArgumentParser(prog="python -m training.synthetic", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)
    many = verbs.add_parser("reports", help="write synthetic reports as JSON Lines")
    many.add_argument("--count", type=_count, required=True, help="number of reports")
    many.add_argument("--seed", default="1", help="any text; the same seed gives the same reports")
    many.add_argument("--out", default="-", help="a file, or - for standard output (default)")
    files = verbs.add_parser("examples", help="write the example files of the repository")
    files.add_argument(
        "--out", type=Path, default=Path("examples"), help="the folder (default: examples)"
    )
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb; returns 0 on success, 1 if a file cannot be written."""
    chosen = parser().parse_args(arguments)
    try:
        if chosen.verb == "examples":
            for path in write_examples(chosen.out):
                print(path)
        elif chosen.out == "-":
            _write_reports(sys.stdout, chosen.count, chosen.seed)
        else:
            with Path(chosen.out).open("w", encoding="utf-8", newline="\n") as sink:
                _write_reports(sink, chosen.count, chosen.seed)
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        print(f"{chosen.out}: {error.strerror}: give a writable location", file=sys.stderr)
        return 1
    return 0


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        message = f"{text} is less than 0"
        raise argparse.ArgumentTypeError(message)
    return number


def _write_reports(sink: object, count: int, seed: str) -> None:
    for report in reports(count, seed):
        record = {
            "report_id": report.report_id,
            "findings": report.findings,
            "impression": report.impression,
        }
        print(json.dumps(record, ensure_ascii=False), file=sink)  # type: ignore[call-overload]  # always a text file


if __name__ == "__main__":
    sys.exit(main())
