"""`python -m training prepare`: convert report collections to training and evaluation files."""

from __future__ import annotations

import argparse
import json
import math
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from training.verbs.options import add_output, add_target, target_of

if TYPE_CHECKING:
    from training.prepare.prepare import Summary

HELP = "convert report collections to training and evaluation files"
DESCRIPTION = (
    "Reads MIMIC-CXR's zip of free texts, Open-i's XML, JSON arrays (MEDIQA), JSON Lines and CSV"
    " (Kaggle); the format is detected from the content. Repeated findings are left out, and no"
    " findings text is in both splits."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's own options."""
    parser.add_argument(
        "sources", nargs="+", metavar="SOURCE", help="file or folder, or s3://bucket/prefix"
    )
    parser.add_argument(
        "--out", required=True, metavar="DIR", help="a new folder, or s3://bucket/prefix"
    )
    parser.add_argument("--dataset", metavar="NAME", help="default: the first source's name")
    parser.add_argument(
        "--evaluation-share", type=_share, default=0.05, metavar="0…1", help="default: 0.05"
    )
    parser.add_argument("--seed", type=int, default=42, help="seed of the split (default: 42)")
    add_output(parser)
    add_target(parser)


def run(options: argparse.Namespace) -> int:
    """Prepare the files; returns 0 once they are written."""
    from common import s3
    from common.progress import ProgressBar
    from training.prepare.places import prepare_places
    from training.prepare.prepare import Plan

    plan = Plan(
        options.dataset or _dataset(PurePosixPath(options.sources[0]).name),
        options.evaluation_share,
        options.seed,
    )
    uses_s3 = any(s3.is_s3(place) for place in [*options.sources, options.out])
    with ProgressBar("reading", None, quiet=options.quiet) as bar:
        summary = prepare_places(
            options.sources, options.out, plan, target_of(options) if uses_s3 else None, bar.at
        )
    print(json.dumps(summary.as_json()) if options.json else table(summary, options.out))
    return 0


def table(summary: Summary, out: str) -> str:
    """What was kept and left out, in human-readable form."""
    from tabulate import tabulate

    rows = [(f"kept for {split}", count) for split, count in summary.kept.items()]
    rows += [(f"left out: {reason}", count) for reason, count in summary.left_out.items()]
    head = f"{summary.reports} reports of {summary.dataset}, written to {out}"
    return f"{head}\n{tabulate(rows, tablefmt='plain')}"


def _dataset(name: str) -> str:
    """A dataset name for rows and keys, derived from the name of a file or folder."""
    stem = name.split(".", 1)[0]
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-") or "reports"


def _share(text: str) -> float:
    number = float(text)
    if not (math.isfinite(number) and 0 <= number <= 1):
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return number
