"""`python -m local night`: the nightly run, now."""

from __future__ import annotations

import argparse

HELP = "start the nightly run now: sweep, and send nightly/ to a transform job"
DESCRIPTION = "Starts the nightly run; its transform job continues in the background."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb has no options."""


def run(_options: argparse.Namespace) -> int:
    """Start the nightly run."""
    from local.client import invoke
    from local.verbs.output import document, running_stack, say

    say(document(invoke.run_night(running_stack())))
    return 0
