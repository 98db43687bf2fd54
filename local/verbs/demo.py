"""`python -m local demo`: process examples/ in a separate stack."""

from __future__ import annotations

import argparse

HELP = "process examples/ in a separate stack"
DESCRIPTION = "Starts a fresh stack, processes examples/, writes build/report.html, stops it."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb has no options."""


def run(_options: argparse.Namespace) -> int:
    """Run the demo."""
    from common.stack_settings import LocalStackSettings
    from local.demo import demo
    from local.verbs.output import say

    demo(LocalStackSettings(), say)
    return 0
