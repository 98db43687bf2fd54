"""Reads Athena's SQL (Trino's) and translates it to DuckDB's, with the same meaning or not at all.

sqlglot only parses the grammar. It knows no functions, so every call keeps its name, and what a
name means is decided by the list in analytics/engine/functions. Names and types are resolved as
Trino resolves them, before anything runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlglot
import trino_sql_validator
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import SqlglotError
from sqlglot.parsers.trino import TrinoParser
from sqlglot.tokenizer_core import Token, TokenType

from analytics.engine import shapes
from analytics.engine.kinds import Kind
from analytics.engine.queries import Queries
from analytics.engine.scope import Columns, Source
from analytics.errors import QueryError, UntranslatableError

# Calls with a grammar of their own. Of every other call the name and arguments are kept.
_GRAMMARS = ("CAST", "TRY_CAST", "EXTRACT", "TRIM", "SUBSTRING", "POSITION", "LISTAGG")


class _Parser(TrinoParser):
    """Trino's parser without the names of functions."""

    FUNCTIONS: ClassVar[dict[str, Any]] = {}
    NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
        name: rule for name, rule in TrinoParser.FUNCTION_PARSERS.items() if name in _GRAMMARS
    }


class _AsWritten(Trino):
    """Trino's grammar, which Athena uses, with names and array indices left as written.

    sqlglot knows functions of all dialects: it would read `nvl` as coalesce and `len` as length,
    which Athena does not have. It also subtracts 1 from literal indices.
    """

    INDEX_OFFSET = 0
    Parser = _Parser


_QUERIES = ("SELECT", "WITH", "VALUES", "(")
Schema = Mapping[str, Mapping[str, Kind]]  # by table: columns and their types


@dataclass(frozen=True, slots=True)
class Translated:
    """A query in DuckDB's SQL, whose columns are c0, c1 …, with their names and types."""

    sql: str
    columns: Columns


def check_grammar(sql: str) -> None:
    """Raise QueryError, with line and column, for SQL that Athena's grammar rejects."""
    found = trino_sql_validator.validate(sql, jinja="reject")
    if not found.valid:
        error = found.error
        if re.match(r"\s*VALUES\b(?!\s*\()", sql, re.IGNORECASE):
            # The validator does not know it at the beginning of a statement.
            raise UntranslatableError("VALUES without parentheses runs on Athena only")
        where = f"line {error.line}:{error.column}: " if error and error.line else ""
        said = str(error.message if error else "not valid").removeprefix("sql parser error: ")
        raise QueryError(f"SYNTAX_ERROR: {where}{said}")
    if found.statement_count != 1:
        raise QueryError(f"Only one sql statement is allowed; this has {found.statement_count}")
    _check_tokens(sql)


def _check_tokens(sql: str) -> None:
    """What the validator accepts and Athena does not: LIMIT before OFFSET, `[1, 2]`, `1x`."""
    depth, limited = 0, set[int]()
    before = None
    casts = set[int]()
    for token in sqlglot.tokenize(sql, read="athena"):
        where = (
            f"SYNTAX_ERROR: line {token.line}:{token.start - sql.rfind(chr(10), 0, token.start)}"
        )
        if token.token_type == TokenType.L_PAREN:
            depth += 1
            if before is not None and before.text.upper() in ("CAST", "TRY_CAST"):
                casts.add(depth)
        elif token.token_type == TokenType.R_PAREN:
            limited.discard(depth)
            casts.discard(depth)
            depth -= 1
        elif token.token_type == TokenType.LIMIT:
            limited.add(depth)
        elif token.token_type == TokenType.OFFSET and depth in limited:
            raise QueryError(f"{where}: OFFSET must precede LIMIT")
        elif token.token_type == TokenType.L_BRACKET and not _ends_value(before):
            raise QueryError(f"{where}: mismatched input '['. An array is written ARRAY[…]")
        elif _is_no_type(before, token, in_cast=depth in casts):
            raise QueryError(f"{where}: Unknown type: {token.text.lower()}")
        elif _continues_number(before, token):
            raise QueryError(f"{where}: identifiers must not start with a digit")
        before = token


def _is_no_type(before: Token | None, token: Token, *, in_cast: bool) -> bool:
    """Whether a name after the AS of a CAST is another dialect's type, as string or float."""
    after_as = before is not None and before.token_type == TokenType.ALIAS
    return in_cast and after_as and token.text.upper() not in _TYPES


def _continues_number(before: Token | None, token: Token) -> bool:
    return (
        before is not None
        and before.token_type == TokenType.NUMBER
        and token.start == before.end + 1
        and (token.text[:1].isalpha() or token.text[:1] == "_")
    )


def _ends_value(token: Token | None) -> bool:
    """Whether a subscript may follow."""
    kinds = (TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.IDENTIFIER, TokenType.VAR)
    if token is None:
        return False
    return token.token_type in (*kinds, TokenType.ARRAY) or (
        token.text.isidentifier() and token.token_type not in _CLAUSES
    )


_TYPES = frozenset(
    (
        "ARRAY",
        "BIGINT",
        "BOOLEAN",
        "CHAR",
        "DATE",
        "DECIMAL",
        "DOUBLE",
        "HYPERLOGLOG",
        "INT",
        "INTEGER",
        "INTERVAL",
        "IPADDRESS",
        "JSON",
        "MAP",
        "REAL",
        "ROW",
        "SMALLINT",
        "TIME",
        "TIMESTAMP",
        "TINYINT",
        "UUID",
        "VARBINARY",
        "VARCHAR",
    )
)
_CLAUSES = frozenset(
    (
        TokenType.SELECT,
        TokenType.WHERE,
        TokenType.AND,
        TokenType.OR,
        TokenType.NOT,
        TokenType.IN,
        TokenType.LIKE,
        TokenType.BETWEEN,
        TokenType.ON,
        TokenType.HAVING,
        TokenType.WHEN,
        TokenType.THEN,
        TokenType.ELSE,
        TokenType.VALUES,
        TokenType.GROUP_BY,
        TokenType.ORDER_BY,
        TokenType.DISTINCT,
    )
)


def parse(sql: str) -> exp.Expr:
    """Parse one SELECT (or WITH, UNION, VALUES …).

    Raises:
        QueryError: not Athena's grammar, or not a query.
    """
    check_grammar(sql)
    first = next((one.text.upper() for one in sqlglot.tokenize(sql, read="athena")), "")
    if first not in _QUERIES:
        raise QueryError("only queries can be run: begin with SELECT or WITH")
    try:
        tree = sqlglot.parse_one(sql, read=_AsWritten)
    except (SqlglotError, RecursionError) as error:
        first = (str(error).splitlines() or [""])[0]
        raise UntranslatableError(f"the local engine cannot read this: {first}") from None
    if not isinstance(tree, exp.Query | exp.Values):
        raise QueryError("only queries can be run: begin with SELECT or WITH")
    if any(
        star.args.get("except_") or star.args.get("replace") for star in tree.find_all(exp.Star)
    ):
        raise QueryError("SYNTAX_ERROR: * EXCLUDE and * REPLACE are DuckDB's; list the columns")
    tree.meta["text"] = sql
    return tree


def tables_of(tree: exp.Expr) -> dict[str, exp.Table]:
    """The tables and views that a query may read, in lower case, each where it is named first.

    A name of WITH is among them only if something of that name is read before it is given.
    """
    if any(not isinstance(one.this, exp.Identifier) for one in tree.find_all(exp.Table)):
        raise UntranslatableError("table functions run on Athena only")
    found: dict[str, exp.Table] = {}
    for one in tree.find_all(exp.Table, bfs=False):
        if one.name and not _is_given(one):
            found.setdefault(one.name.lower(), one)
    return found


def _is_given(table: exp.Table) -> bool:
    """Whether the table's name is one that a WITH around it has given before."""
    name = table.name.lower()
    if table.args.get("db"):
        return False
    inside: exp.Expr = table
    while inside.parent is not None:
        around = inside.parent
        clause = around.args.get("with_")
        given = [] if clause is None or clause is inside else clause.expressions
        if isinstance(around, exp.With):
            given = around.expressions[: inside.index]
        if any(one.alias.lower() == name for one in given):
            return True
        inside = around
    return False


def parameters_of(tree: exp.Expr) -> int:
    """The number of question marks in a query."""
    return sum(1 for _ in tree.find_all(exp.Placeholder))


def unnamed_of(tree: exp.Expr) -> list[str]:
    """The names that Athena would generate for unnamed columns."""
    select: exp.Expr = tree
    while isinstance(select, (exp.SetOperation, exp.Subquery)):
        select = select.this
    if not isinstance(select, exp.Select):
        return []
    return [
        f"_col{place}"
        for place, one in enumerate(select.selects)
        if not isinstance(one, (exp.Alias, exp.Column, exp.Star)) or one.alias_or_name == ""
    ]


def to_duckdb(tree: exp.Expr, schema: Schema) -> Translated:
    """The same query in DuckDB's SQL; `schema` has the types of the tables that it reads.

    Raises:
        QueryError: Athena rejects it too, in its words, with line and column.
        UntranslatableError: names what the local engine does not do.
    """
    shapes.check(tree)
    parameters = [id(one) for one in tree.find_all(exp.Placeholder, bfs=False)]
    queries = Queries(Source(tree.meta["text"]), schema, parameters)
    try:
        sql, columns = queries.query(tree, None)
    except RecursionError:
        raise UntranslatableError("the query is nested too deeply for the local engine") from None
    named = ((name or f"_col{place}", kind) for place, (name, kind) in enumerate(columns))
    return Translated(sql, tuple(named))
