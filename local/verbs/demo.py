"""`python -m local demo`: the whole job on examples/, in a stack of its own."""

from __future__ import annotations

import argparse

HELP = "run the whole job on examples/ in a stack of its own"
DESCRIPTION = "Starts a fresh stack, runs examples/ through it, writes build/report.html, stops it."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb has no options."""


def run(_options: argparse.Namespace) -> int:
    """Run the demonstration."""
    from common.stack_settings import LocalStackSettings
    from local.demo import demo
    from local.verbs.output import say

    demo(LocalStackSettings(), say)
    return 0
