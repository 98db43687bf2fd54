"""`python -m analytics build`: write what is made from tables, SQL and dashboards."""

from __future__ import annotations

import argparse

HELP = "write the generated files: row types, tables, views, dashboards, docs"
DESCRIPTION = "Write what is made from analytics/tables.py, analytics/sql and analytics/dashboards."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command has no options."""


def run(_options: argparse.Namespace) -> int:
    """Write and say what was."""
    from analytics import building  # duckdb

    for name in building.write():
        print(name)
    return 0
