"""`python -m local up`: start the stack and deploy to it."""

from __future__ import annotations

import argparse

HELP = "start the stack and deploy to it; does nothing if it is up"
DESCRIPTION = "Starts MiniStack and the local SageMaker, deploys the packaged zip, prints the URLs."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb has no options."""


def run(_options: argparse.Namespace) -> int:
    """Start and deploy; print URLs and buckets."""
    from common.stack_settings import LocalStackSettings
    from local.stack import lifecycle
    from local.verbs.output import places, say

    say(places(lifecycle.up(LocalStackSettings())))
    return 0
