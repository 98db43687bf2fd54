"""Translates Athena's SQL (Trino) to DuckDB's, with the same meaning or not at all.

sqlglot translates the grammar. Where its translation runs with a different meaning, a rule here
fixes it; what DuckDB cannot express is rejected. Known remaining differences: where Athena fails
with an error (an array index out of bounds, an integer division by zero, `varchar = integer`),
DuckDB continues with null or a cast.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import sqlglot
import trino_sql_validator
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.tokenizer_core import TokenType

from analytics.errors import QueryError, UntranslatableError


class _AsWritten(Trino):
    """Trino's grammar, which Athena uses, with array indices left as written.

    sqlglot is 0-based internally and subtracts 1 while it parses, but only from literal numbers:
    an index taken from a column would be one too high.
    """

    INDEX_OFFSET = 0


Schema = Mapping[str, Mapping[str, str]]  # by table: columns and their Trino types

# Trino functions that DuckDB lacks, or has with different arguments.
MACROS = """
CREATE MACRO width_bucket(x, lo, hi, n) AS CASE WHEN x < lo THEN 0 WHEN x >= hi THEN n + 1
  ELSE CAST(floor((x - lo) * n / (hi - lo)) AS BIGINT) + 1 END;
CREATE MACRO nan() AS 'nan'::DOUBLE;
CREATE MACRO infinity() AS 'inf'::DOUBLE;
CREATE MACRO e() AS exp(1::DOUBLE);
CREATE MACRO arrays_overlap(a, b) AS list_has_any(a, b);
CREATE MACRO to_iso8601(x) AS CASE WHEN typeof(x) = 'DATE' THEN strftime(x, '%Y-%m-%d')
  ELSE strftime(x, '%Y-%m-%dT%H:%M:%S.%g') END;
"""
_OURS = {"WIDTH_BUCKET", "NAN", "INFINITY", "E", "ARRAYS_OVERLAP", "TO_ISO8601"}
# Unknown to sqlglot, but with the same name and meaning in DuckDB (each is tested).
_SAME = {"LOG10", "TRANSLATE", "LAST_DAY_OF_MONTH", "JSON_ARRAY_LENGTH", "URL_DECODE", "NULLIF"}
# Known to sqlglot, but translated with a different meaning.
_REJECTED: dict[type[exp.Expr], str] = {
    exp.Typeof: "typeof",
    exp.Format: "format",
    exp.UnixToTime: "from_unixtime",
    exp.AtTimeZone: "AT TIME ZONE",
    exp.MatchRecognize: "MATCH_RECOGNIZE",
    exp.Soundex: "soundex",
}
_WHOLE = (exp.DataType.Type.INT, exp.DataType.Type.BIGINT, exp.DataType.Type.SMALLINT)
_FLOATING = (exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT)


def check_grammar(sql: str) -> None:
    """Raise QueryError, with line and column, for SQL that Athena's grammar rejects."""
    found = trino_sql_validator.validate(sql, jinja="reject")
    if not found.valid:
        error = found.error
        where = f"line {error.line}, column {error.column}: " if error and error.line else ""
        said = str(error.message if error else "not valid").removeprefix("sql parser error: ")
        raise QueryError(f"not Athena SQL: {where}{said}")
    if found.statement_count != 1:
        raise QueryError(f"a query must be one statement: this has {found.statement_count}")
    _check_order(sql)


def _check_order(sql: str) -> None:
    """Athena requires OFFSET before LIMIT, but the validator accepts either order."""
    depth, limited = 0, set[int]()
    for token in sqlglot.tokenize(sql, read="athena"):
        if token.token_type == TokenType.L_PAREN:
            depth += 1
        elif token.token_type == TokenType.R_PAREN:
            limited.discard(depth)
            depth -= 1
        elif token.token_type == TokenType.LIMIT:
            limited.add(depth)
        elif token.token_type == TokenType.OFFSET and depth in limited:
            raise QueryError(f"not Athena SQL: line {token.line}: OFFSET must precede LIMIT")


def parse(sql: str) -> exp.Query:
    """Parse one SELECT (or WITH, UNION …).

    Raises:
        QueryError: not Athena's grammar, or not a query.
    """
    check_grammar(sql)
    try:
        tree = sqlglot.parse_one(sql, read=_AsWritten)
    except SqlglotError as error:
        first = str(error).splitlines()[0]
        raise UntranslatableError(f"the local engine cannot read this: {first}") from None
    if not isinstance(tree, exp.Query):
        raise QueryError("only queries can be run: begin with SELECT or WITH")
    if any(
        star.args.get("except_") or star.args.get("replace") for star in tree.find_all(exp.Star)
    ):
        raise QueryError("not Athena SQL: * EXCLUDE and * REPLACE are DuckDB's; list the columns")
    return tree


def tables_of(tree: exp.Query) -> set[str]:
    """The tables and views that a query reads, in lower case, without its own WITH names."""
    own = {one.alias.lower() for one in tree.find_all(exp.CTE)}
    return {one.name.lower() for one in tree.find_all(exp.Table) if one.name} - own


def parameters_of(tree: exp.Query) -> int:
    """The number of question marks in a query."""
    return sum(1 for _ in tree.find_all(exp.Placeholder))


def unnamed_of(tree: exp.Query) -> list[str]:
    """The names that Athena would generate for unnamed columns."""
    return [name for name, _ in _unnamed(tree)]


def to_duckdb(tree: exp.Query, schema: Schema) -> str:
    """The same query in DuckDB's SQL; `schema` has the types of the columns that it reads.

    Raises:
        UntranslatableError: names the construct that the local engine does not support.
    """
    for column in tree.find_all(exp.Column):
        if column.name.startswith("$"):
            raise UntranslatableError(f'"{column.name}" exists only on Athena')
    plain = _unqualified(tree.copy())
    for name, projection in _unnamed(plain):
        projection.replace(exp.alias_(projection.copy(), name, quoted=True))
    typed = _typed(plain, schema)
    for node in typed.find_all(exp.Func, exp.AtTimeZone, exp.MatchRecognize):
        _reject(node)
    fixed: exp.Expr = typed.transform(_fix)
    try:
        return fixed.sql(dialect="duckdb", unsupported_level=sqlglot.ErrorLevel.RAISE)
    except SqlglotError as error:
        first = str(error).splitlines()[0]
        raise UntranslatableError(f"the local engine cannot do this: {first}") from None


def _unqualified(tree: exp.Query) -> exp.Query:
    """The query without catalog and database names: there is only one of each here."""
    for table in tree.find_all(exp.Table):
        table.set("db", None)
        table.set("catalog", None)
    return tree


def _typed(tree: exp.Query, schema: Schema) -> exp.Query:
    """The tree with types, which can be derived only for columns of known tables."""
    known: dict[str, object] = {name: dict(columns) for name, columns in schema.items()}
    try:
        qualified = qualify(
            tree,
            dialect="athena",
            schema=known,
            quote_identifiers=False,
            identify=False,
            validate_qualify_columns=False,
        )
    except SqlglotError as error:
        first = str(error).splitlines()[0]
        raise QueryError(f"not a query on these tables: {first}") from None
    return annotate_types(qualified, schema=known, dialect="athena")


def _reject(node: exp.Expr) -> None:
    for kind, name in _REJECTED.items():
        if isinstance(node, kind):
            raise UntranslatableError(f"{name} is not translated; run this on Athena")
    if isinstance(node, exp.Anonymous) and node.name.upper() not in _OURS | _SAME:
        raise UntranslatableError(f"{node.name.lower()} is not translated; run this on Athena")


def _fix(node: exp.Expr) -> exp.Expr:
    for kind, rule in _RULES:
        if isinstance(node, kind):
            node = rule(node)
    return node


def _date_diff(node: exp.Expr) -> exp.Expr:
    # Trino counts complete units, DuckDB's date_diff the boundaries between them.
    unit = exp.Literal.string(node.text("unit").lower() or "day")
    return exp.Anonymous(
        this="date_sub", expressions=[unit, node.expression.copy(), node.this.copy()]
    )


def _regexp_replace(node: exp.Expr) -> exp.Expr:
    # Groups are $1 in Trino and \1 in DuckDB; Trino always replaces all matches.
    replacement = node.args.get("replacement")
    if isinstance(replacement, exp.Literal):
        text = replacement.name.replace("\\", "\\\\")
        node.set("replacement", exp.Literal.string(re.sub(r"\$(\d)", r"\\\1", text)))
    elif replacement is not None:
        raise UntranslatableError(
            "the local engine supports regexp_replace only with a literal replacement"
        )
    node.set("modifiers", exp.Literal.string("g"))
    return node


def _slice(node: exp.Expr) -> exp.Expr:
    # slice(array, start, length) in Trino; array_slice takes start and end in DuckDB.
    start, length = node.args["start"].copy(), node.args["end"].copy()
    end = exp.Sub(this=exp.Add(this=start, expression=length), expression=exp.Literal.number(1))
    return exp.Anonymous(this="array_slice", expressions=[node.this.copy(), start.copy(), end])


def _subscript(node: exp.Expr) -> exp.Expr:
    # Both are 1-based. element_at has its own offset and needs no rule.
    if node.args.get("offset") is not None or node.this.is_type(exp.DataType.Type.MAP):
        return node
    return exp.Anonymous(
        this="list_extract", expressions=[node.this.copy(), node.expressions[0].copy()]
    )


def _cast(node: exp.Expr) -> exp.Expr:
    # Trino rounds half away from zero, DuckDB's cast half to even.
    if node.is_type(*_WHOLE) and node.this.is_type(*_FLOATING):
        node.set("this", exp.Anonymous(this="round", expressions=[node.this.copy()]))
    return node


def _stays_date(node: exp.Expr) -> exp.Expr:
    # A date plus days, or truncated to its month, is a date in Trino and a timestamp in DuckDB.
    unit = node.args.get("unit")
    name = unit.name.upper() if isinstance(unit, exp.Expr) else str(unit or "DAY").upper()
    whole = name.rstrip("S") in {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}
    if whole and node.this.is_type(exp.DataType.Type.DATE):
        return exp.cast(node, exp.DataType.Type.DATE)
    return node


def _interval_on_date(node: exp.Expr) -> exp.Expr:
    if isinstance(node.expression, exp.Interval) and node.this.is_type(exp.DataType.Type.DATE):
        return exp.cast(node, exp.DataType.Type.DATE)
    return node


def _day_of_week(node: exp.Expr) -> exp.Expr:
    # Monday is 1 and Sunday 7 in Trino; Sunday is 0 in DuckDB.
    if node.name.upper() in {"DOW", "DAY_OF_WEEK"}:
        node.set("this", exp.var("ISODOW"))
    return node


_RULES: tuple[tuple[type[exp.Expr], Callable[[exp.Expr], exp.Expr]], ...] = (
    (exp.DateDiff, _date_diff),
    (exp.TimestampDiff, _date_diff),
    (exp.RegexpReplace, _regexp_replace),
    (exp.ArraySlice, _slice),
    (exp.Bracket, _subscript),
    (exp.Cast, _cast),
    (exp.DateAdd, _stays_date),
    (exp.DateSub, _stays_date),
    (exp.DateTrunc, _stays_date),
    (exp.TimestampTrunc, _stays_date),
    (exp.Add, _interval_on_date),
    (exp.Sub, _interval_on_date),
    (exp.Extract, _day_of_week),
)


def _unnamed(tree: exp.Expr) -> list[tuple[str, exp.Expr]]:
    """The unnamed output columns, with the names that Athena gives them."""
    select = tree
    while isinstance(select, exp.SetOperation):
        select = select.this
    if not isinstance(select, exp.Select):
        return []
    return [
        (f"_col{place}", one)
        for place, one in enumerate(select.selects)
        if not isinstance(one, (exp.Alias, exp.Column, exp.Star)) or one.alias_or_name == ""
    ]
