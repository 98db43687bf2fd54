"""Values that are written into a query: numbers, texts, intervals and question marks."""

from __future__ import annotations

from sqlglot import exp

from analytics.engine.functions.model import Typed
from analytics.engine.kinds import (
    BIGINT,
    BOOLEAN,
    DAYTIME,
    DOUBLE,
    INTEGER,
    PARAMETER,
    UNKNOWN,
    VARBINARY,
    YEARMONTH,
    Kind,
    decimal,
)
from analytics.engine.translator import Translator
from analytics.errors import UntranslatableError

MOST_INTEGER, MOST_BIGINT = 2**31 - 1, 2**63 - 1
_UNITS_MS = {"SECOND": 1000, "MINUTE": 60_000, "HOUR": 3_600_000, "DAY": 86_400_000}
_UNITS_MONTHS = {"MONTH": 1, "YEAR": 12}


class Literals(Translator):
    """The literals of a query's expressions."""

    def _literal(self, node: exp.Expr) -> Typed:
        text = str(node.this)
        if node.is_string:
            quoted = "'" + text.replace("'", "''") + "'"
            # DuckDB's own type of a literal is flexible, ours is not.
            return Typed(f"{quoted}::VARCHAR", Kind("varchar", (len(text),)), text)
        if "e" in text.lower():
            return Typed(f"{float(text)!r}::DOUBLE", DOUBLE)
        if "." in text:
            whole, _, places = text.partition(".")
            digits = len(whole.lstrip("0")) + len(places)
            kind = decimal(max(digits, 1), len(places))
            return Typed(f"{text}::{kind.duckdb}", kind)
        if int(text) > MOST_BIGINT:
            raise self.source.error("SYNTAX_ERROR", node, f"Invalid numeric literal: {text}")
        kind = INTEGER if int(text) <= MOST_INTEGER else BIGINT
        return Typed(f"{int(text)}::{kind.duckdb}", kind)

    def _boolean(self, node: exp.Expr) -> Typed:
        return Typed("true" if node.this else "false", BOOLEAN)

    def _null(self, _: exp.Expr) -> Typed:
        return Typed("NULL", UNKNOWN)

    def _hex(self, node: exp.Expr) -> Typed:
        return Typed(f"unhex('{bytes.fromhex(str(node.this)).hex()}')", VARBINARY)

    def _placeholder(self, node: exp.Expr) -> Typed:
        return Typed(f"CAST(${self.parameters.index(id(node)) + 1} AS VARCHAR)", PARAMETER)

    def _interval(self, node: exp.Expr) -> Typed:
        value, sign = node.this, 1
        if isinstance(value, exp.Neg):
            value, sign = value.this, -1
        unit = node.text("unit").upper()
        if not isinstance(value, exp.Literal) or not value.name.lstrip("+-").isdigit():
            raise UntranslatableError("an interval of more than one whole number runs on Athena")
        count = sign * int(value.name)
        if unit in _UNITS_MS:
            return Typed(f"{count * _UNITS_MS[unit]}::BIGINT", DAYTIME)
        if unit in _UNITS_MONTHS:
            return Typed(f"{count * _UNITS_MONTHS[unit]}::BIGINT", YEARMONTH)
        raise UntranslatableError("an interval of this unit runs on Athena only")
