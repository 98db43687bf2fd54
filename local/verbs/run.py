"""`python -m local run`: upload files, wait, print counts and ROUGE scores."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path

from common.errors import EXIT_DONE, EXIT_FINDINGS, UsageError

HELP = "upload files, wait for every record, print counts and ROUGE scores"
DESCRIPTION = "Uploads files to the landing bucket and waits until every record is accounted for."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files or folders with reports")
    parser.add_argument("--lane", choices=("incoming", "evaluation", "nightly"), default="incoming")
    parser.add_argument("--dataset", metavar="NAME", help="the folder in the lane")
    parser.add_argument(
        "--models", metavar="a,b", default="", help="show only these roles in the table"
    )
    parser.add_argument("--json", metavar="FILE", help="also write counts, scores and keys to FILE")
    parser.add_argument("--quiet", action="store_true", help="do not show progress")


def run(options: argparse.Namespace) -> int:
    """Upload files, wait, print; returns 1 if a record failed."""
    from common import files
    from local.client import invoke
    from local.client import run as client
    from local.errors import StalledError
    from local.verbs.output import running_stack, say

    models = [name for name in options.models.split(",") if name]
    client.check_models(models)
    if options.json is not None and not Path(options.json).resolve().parent.is_dir():
        raise UsageError(f"--json {options.json}: its folder does not exist")
    stack = running_stack()
    try:
        report = client.run(
            stack,
            options.paths,
            lane=options.lane,
            dataset=options.dataset,
            models=models,
            quiet=options.quiet,
            night=partial(invoke.run_night, stack) if options.lane == client.NIGHTLY else None,
        )
    except StalledError as error:
        sys.stderr.write(f"error: {error}\n")
        return EXIT_FINDINGS
    if options.json is not None:
        files.write(Path(options.json), json.dumps(report.as_json(), indent=1) + "\n")
    say(report.as_text())
    return EXIT_FINDINGS if report.failed else EXIT_DONE
