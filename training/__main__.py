"""`python -m training …`: prepares reports to fine-tune on. `prepare` is the verb built so far.

Only the standard library is imported before `reexec`, so that any supported Python will do.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

from local import environments
from local.errors import LocalError
from training.errors import TrainingError

EXIT_DONE, EXIT_USAGE, EXIT_SET_UP = 0, 2, 3
INTERRUPTED = 130


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python -m training",
        description="Prepare reports to fine-tune a model on.",
        epilog="exit status: 0 done, 2 usage, 3 a collection or folder cannot be used",
    )
    verbs = made.add_subparsers(dest="verb", required=True, metavar="VERB")
    prepare = verbs.add_parser(
        "prepare",
        help="turn report collections into files to train on and to evaluate with",
        description="Reads MIMIC-CXR's zip of free texts, Open-i's XML, JSON arrays (MEDIQA), JSON"
        " Lines and CSV (Kaggle); what a file holds tells its form. Findings that were read before"
        " are left out, and no findings text is in both splits.",
    )
    prepare.add_argument("sources", nargs="+", type=Path, metavar="SOURCE", help="file or folder")
    prepare.add_argument("--out", required=True, type=Path, metavar="DIR", help="a new folder")
    prepare.add_argument("--dataset", metavar="NAME", help="default: the first source's name")
    prepare.add_argument(
        "--evaluation-share", type=_share, default=0.05, metavar="0…1", help="default 0.05"
    )
    prepare.add_argument("--seed", type=int, default=42, help="of the split; default 42")
    prepare.add_argument("--json", action="store_true", help="print what was kept as JSON")
    prepare.add_argument("--quiet", action="store_true", help="no progress")
    return made


def main() -> int:
    """Run one verb; returns its exit status."""
    options = parser().parse_args()
    try:
        environments.reexec("run")
        from training.prepare import command

        return command.run(options)
    except (TrainingError, LocalError) as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_SET_UP
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


def _share(text: str) -> float:
    number = float(text)
    if not (math.isfinite(number) and 0 <= number <= 1):
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
