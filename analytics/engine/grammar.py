"""Whether a text is one statement in Athena's grammar: a validator, and what it lets through."""

from __future__ import annotations

import re

import sqlglot
import trino_sql_validator
from sqlglot.tokenizer_core import Token, TokenType

from analytics.errors import QueryError, UntranslatableError


def check(sql: str) -> None:
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
