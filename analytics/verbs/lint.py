"""`python -m analytics lint`: check SQL, dashboard and generated files before they reach AWS."""

from __future__ import annotations

import argparse
import sys

from analytics.errors import LintError

HELP = "check SQL, dashboard and generated files"
DESCRIPTION = (
    "Check the SQL against two grammars, the dashboard's columns, layout and structure, and that "
    "the generated files are up to date."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb has no options."""


def run(_options: argparse.Namespace) -> int:
    """Check; raises LintError with the findings."""
    from analytics import linting

    found = linting.findings()
    if found:
        raise LintError(f"{len(found)} finding{'' if len(found) == 1 else 's'}", found)
    print("analytics: SQL, dashboard and generated files are clean", file=sys.stderr)
    return 0
