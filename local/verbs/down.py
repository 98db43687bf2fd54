"""`python -m local down`: stop the stack."""

from __future__ import annotations

import argparse

HELP = "stop the stack; uploads and results stay on disk"
DESCRIPTION = "Stops both processes. `up` continues with the data on disk."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb has no options."""


def run(_options: argparse.Namespace) -> int:
    """Stop the stack."""
    from common.stack_settings import LocalStackSettings
    from local.stack import lifecycle
    from local.verbs.output import say

    if not lifecycle.down(LocalStackSettings()):
        say("nothing was running")
    return 0
