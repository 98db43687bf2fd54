"""`python -m training.synthetic`: invented reports, and the examples drawn from them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from training.synthetic.examples import write_examples
from training.synthetic.stream import reports


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m training.synthetic", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)
    many = verbs.add_parser("reports", help="write invented reports as JSON Lines")
    many.add_argument("--count", type=_count, required=True, help="how many reports")
    many.add_argument("--seed", default="1", help="any text; the same seed, the same reports")
    many.add_argument("--out", default="-", help="a file, or - for standard output")
    files = verbs.add_parser("examples", help="write the example files of the repository")
    files.add_argument("--out", type=Path, default=Path("examples"), help="the folder")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb; 0 when done, 1 when a file cannot be written."""
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
        print(f"{chosen.out}: {error.strerror}: name a writable place", file=sys.stderr)
        return 1
    return 0


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        message = f"{text} is below 0"
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
