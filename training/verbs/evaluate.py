"""`python -m training evaluate`: score files with every registered model and the baselines."""

from __future__ import annotations

import argparse
import json

from training.verbs.options import add_output, add_target, target_of

HELP = "score files with every registered model and print the comparison"
DESCRIPTION = (
    "Uploads files of {findings, impression} to the evaluation lane of the deployed stack, waits"
    " until every record is accounted for, and prints the article's comparison table."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's own options."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="files or folders to score")
    parser.add_argument("--dataset", metavar="NAME", help="default: each file's or folder's name")
    parser.add_argument("--models", metavar="a,b", default="", help="show only these models")
    add_output(parser)
    add_target(parser)


def run(options: argparse.Namespace) -> int:
    """Score the files; returns 1 if a record failed."""
    from training.evaluation import evaluate

    report = evaluate(
        target_of(options),
        options.files,
        dataset=options.dataset,
        models=[name for name in options.models.split(",") if name],
        quiet=options.quiet,
    )
    print(json.dumps(report.as_json()) if options.json else report.as_text())
    return 1 if report.failed else 0
