"""`python -m local redrive`: send dead letters back to the work queue."""

from __future__ import annotations

import argparse

HELP = "send dead letters back to the work queue"
DESCRIPTION = "Sends dead letters back to the work queue; repeating it is harmless."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb has no options."""


def run(_options: argparse.Namespace) -> int:
    """Send dead letters back; print how many."""
    from local.client import invoke
    from local.verbs.output import document, running_stack, say

    say(document(invoke.operate(running_stack(), "redrive")))
    return 0
