"""`python -m analytics build`: generate files from tables, SQL and dashboards."""

from __future__ import annotations

import argparse

HELP = "write the generated files: row types, tables, views, dashboards, docs"
DESCRIPTION = (
    "Write the files generated from analytics/tables.py, analytics/sql and analytics/dashboards."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb has no options."""


def run(_options: argparse.Namespace) -> int:
    """Write the stale files and print their names."""
    from analytics import building  # imports duckdb

    for name in building.write():
        print(name)
    return 0
