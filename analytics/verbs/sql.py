"""`python -m analytics sql` and `python -m local sql`: run Athena SQL on a lake."""

from __future__ import annotations

import argparse
import sys

from analytics import options as lake_options
from common.errors import UsageError

HELP = "run Athena SQL on a lake"
DESCRIPTION = "Run a query in Athena's SQL with DuckDB, on the local stack's lake or another one."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    query_arguments(parser)
    lake_options.arguments(parser)


def query_arguments(parser: argparse.ArgumentParser) -> None:
    """The options for the query and its output format."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("sql", nargs="?", metavar="SQL", help='a query: "SELECT …"')
    what.add_argument("--query", metavar="NAME", help="a named query from analytics/sql/queries")
    what.add_argument("--list", action="store_true", help="list the views and named queries")
    parser.add_argument(
        "--parameter",
        metavar="VALUE",
        action="append",
        default=[],
        help="the value of the next question mark; repeat for each",
    )
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--csv", action="store_true", help="print CSV in Athena's format")
    output.add_argument("--json", action="store_true", help="print a JSON array of objects")


def run(options: argparse.Namespace) -> int:
    """Run the query and print the result."""
    from analytics import places, sql
    from analytics.engine.athena import Athena

    if options.list:
        for name, one in {**sql.views(), **sql.queries()}.items():
            print(f"{name:<22}{one.question}")
        return 0
    with places.lake_of(options) as lake, Athena(lake, _warn) as athena:
        result = athena.query(_text(options), options.parameter)
    if options.json:
        print(result.as_json())
    elif options.csv:
        print(result.as_csv(), end="")
    else:
        print(result.as_table())
    return 0


def _text(options: argparse.Namespace) -> str:
    from analytics import sql

    if options.query is None:
        return str(options.sql)
    named = sql.queries().get(options.query)
    if named is None:
        raise UsageError(f"--query {options.query}: unknown; use one of {', '.join(sql.queries())}")
    if len(options.parameter) != len(named.parameters):
        wanted = ", ".join(named.parameters) or "none"
        raise UsageError(f"--query {named.name}: expected --parameter values: {wanted}")
    return named.sql


def _warn(message: str) -> None:
    print(message, file=sys.stderr)
