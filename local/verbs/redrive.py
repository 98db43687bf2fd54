"""`python -m local redrive`: dead letters back to the work queue."""

from __future__ import annotations

import argparse

HELP = "send the dead-letter queue's messages back to the work queue"
DESCRIPTION = "Sends dead letters back to the work queue; doing it twice is harmless."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb has no options."""


def run(_options: argparse.Namespace) -> int:
    """Redrive."""
    from local.client import invoke
    from local.verbs.output import document, running_stack, say

    say(document(invoke.operate(running_stack(), "redrive")))
    return 0
