"""`python -m local rerun`: re-run files with the currently deployed models."""

from __future__ import annotations

import argparse

HELP = "re-run a file with the currently deployed models"
DESCRIPTION = "Re-runs one file, or all files under a prefix; new results replace the old ones."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument(
        "place", metavar="KEY|PREFIX/", help="one file, or all files under a prefix"
    )
    parser.add_argument(
        "--token", metavar="NAME", help="identifies the re-run: repeating it is not paid for twice"
    )


def run(options: argparse.Namespace) -> int:
    """Re-run a file, or all files under a prefix, which ends in a slash."""
    from local.client import invoke
    from local.verbs.output import document, running_stack, say

    named = {"prefix" if options.place.endswith("/") else "key": options.place}
    token = {} if options.token is None else {"token": options.token}
    say(document(invoke.operate(running_stack(), "rerun", **named, **token)))
    return 0
