"""Checks the SQL files against two Trino grammars: each catches errors that the other misses.

trino-sql-validator knows functions and clauses; dt-sql-parser (an ANTLR grammar, in Node) rejects
DuckDB's `* EXCLUDE` and LIMIT before OFFSET.
"""

from __future__ import annotations

import json
import subprocess

from analytics import sql
from analytics.engine import dialect, grammar
from analytics.errors import AnalyticsError, QueryError
from analytics.linting import npm


def findings() -> list[str]:
    """Errors from both grammars, unnamed columns and missing questions."""
    found = []
    texts = {
        f"{folder}/{one.name}.sql": one.sql
        for folder, statements in (("views", sql.views()), ("queries", sql.queries()))
        for one in statements.values()
    }
    for name, text in texts.items():
        try:
            tree = dialect.parse(text)
        except QueryError as error:
            found.append(f"{name}: {error}")
            continue
        found += [f"{name}: column {place} has no name" for place in dialect.unnamed_of(tree)]
    found += [f"{name}: has no comment with its question" for name in _without_question()]
    for one in sql.maintenance().values():
        texts[f"maintenance/{one.name}.sql"] = one.sql
        try:
            grammar.check(one.sql)
        except QueryError as error:
            found.append(f"maintenance/{one.name}.sql: {error}")
    rejected = grammar_errors(texts)
    return found + [f"{name}: {error}" for name, error in rejected.items()]


def _without_question() -> list[str]:
    every = [*sql.views().values(), *sql.queries().values(), *sql.maintenance().values()]
    return [one.name for one in every if not one.question]


def grammar_errors(texts: dict[str, str]) -> dict[str, str]:
    """dt-sql-parser's error for each text that it rejects.

    Raises:
        AnalyticsError: its packages cannot be installed, or it does not run.
    """
    folder = npm.installed()
    done = subprocess.run(  # noqa: S603  # our own script
        [str(npm.node()), npm.GRAMMAR],
        cwd=folder,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise AnalyticsError(f"the SQL grammar check failed to run: {done.stderr.strip()[-200:]}")
    answer: dict[str, str] = json.loads(done.stdout)
    return answer
