"""`python -m local sql`: Athena SQL on the local lake, as `python -m analytics sql` runs it."""

from __future__ import annotations

import argparse

from analytics.options import LOCAL
from analytics.verbs import sql

HELP = "run Athena SQL on the local lake"
DESCRIPTION = "Runs a query in Athena's SQL on the local stack's lake, in DuckDB."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The query and its output format."""
    sql.query_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Run the query on the local lake."""
    options.lake = LOCAL
    return sql.run(options)
