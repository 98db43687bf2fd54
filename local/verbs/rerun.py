"""`python -m local rerun`: process files again with the currently deployed models."""

from __future__ import annotations

import argparse

HELP = "re-run a file with the currently deployed models"
DESCRIPTION = "Processes one file, or all files below a prefix, again; new results replace the old."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("place", metavar="KEY|PREFIX/", help="one file, or all below a prefix")
    parser.add_argument(
        "--token", metavar="NAME", help="names the re-run: the same name never pays twice"
    )


def run(options: argparse.Namespace) -> int:
    """Re-run a file, or all below a prefix that ends in a slash."""
    from local.client import invoke
    from local.verbs.output import document, running_stack, say

    named = {"prefix" if options.place.endswith("/") else "key": options.place}
    token = {} if options.token is None else {"token": options.token}
    say(document(invoke.operate(running_stack(), "rerun", **named, **token)))
    return 0
