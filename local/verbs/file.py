"""`python -m local file`: the state of one file."""

from __future__ import annotations

import argparse

HELP = "show the state of one file"
DESCRIPTION = "Shows whether a file is processed, in progress or waiting, and its result's key."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("key", metavar="KEY", help="landing key, such as incoming/ward/a.json")


def run(options: argparse.Namespace) -> int:
    """Print one file's state."""
    from local.client import invoke
    from local.verbs.output import document, running_stack, say

    say(document(invoke.operate(running_stack(), "file", key=options.key)))
    return 0
