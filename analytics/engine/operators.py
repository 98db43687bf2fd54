"""Operators: arithmetic of numbers, dates and intervals, comparisons, concatenation."""

from __future__ import annotations

import re

from analytics.engine.casts import Fail, implicit
from analytics.engine.functions.model import Typed
from analytics.engine.kinds import (
    DATE,
    DAYTIME,
    Kind,
    array,
    as_decimal,
    common,
    converts,
    decimal,
)
from analytics.engine.stops import marked
from analytics.errors import UntranslatableError

_NUMBER = re.compile(r"[\d.eE+]+::")
_DAY_MS = 86_400_000
_ZERO = "DIVISION_BY_ZERO: Division by zero"


def arithmetic(sign: str, one: Typed, other: Typed, fail: Fail) -> Typed | None:
    """The result of + - * / %, or None if Trino has no such operator."""
    unknown = one.kind.name == "unknown" and other.kind.name == "unknown"
    both = common(one.kind, other.kind)
    if both is not None and both.is_number and not unknown:
        if both.name == "decimal":
            return _decimals(sign, one, other, fail)
        return Typed(_numbers(sign, one, other, both, fail), both)
    return _times(sign, one, other, fail)


def _numbers(sign: str, one: Typed, other: Typed, kind: Kind, fail: Fail) -> str:
    left, right = implicit(one, kind), implicit(other, kind)
    if kind.is_whole and sign in "/%":
        done = f"({left} {'//' if sign == '/' else '%'} {right})"
        # Of a literal it is known that it is not 0.
        if right.split("::")[0].lstrip("0").isdigit():
            return done
        return f"CASE WHEN {right} = 0 THEN {fail(_ZERO, kind)} ELSE {done} END"
    if sign == "%":
        return f"CASE WHEN {right} = 0 THEN 'nan'::{kind.duckdb} ELSE ({left} % {right}) END"
    return f"({left} {sign} {right})"


def _decimals(sign: str, one: Typed, other: Typed, fail: Fail) -> Typed:
    a, b = as_decimal(_number(one.kind)), as_decimal(_number(other.kind))
    (p, s), (q, t) = a.numbers, b.numbers
    left, right = implicit(one, a), implicit(other, b)
    if sign in "+-":
        scale = max(s, t)
        kind = decimal(max(p - s, q - t) + scale + 1, scale)
        both = (f"CAST({left} AS {kind.duckdb})", f"CAST({right} AS {kind.duckdb})")
        return Typed(f"CAST({both[0]} {sign} {both[1]} AS {kind.duckdb})", kind)
    if sign == "*":
        kind = decimal(p + q, s + t)
        return Typed(f"CAST({left} * {right} AS {kind.duckdb})", kind)
    x, y = f"unscaled({left}, {s})", f"unscaled({right}, {t})"
    scale = max(s, t)
    if sign == "/":
        kind = decimal(p + t + max(t - s, 0), scale)
        # x / 10^s / (y / 10^t), in units of 10^-scale.
        done = f"decimal_ratio({x} * {10 ** (scale - s + t)}::HUGEINT, {y}, {scale})"
    else:
        kind = decimal(min(p - s, q - t) + scale, scale)
        x, y = f"({x} * {10 ** (scale - s)}::HUGEINT)", f"({y} * {10 ** (scale - t)}::HUGEINT)"
        done = f"scaled({x} % {y}, {scale})"
    sql = f"CAST({done} AS {kind.duckdb})"
    return Typed(f"CASE WHEN {right} = 0 THEN {fail(_ZERO, kind)} ELSE {sql} END", kind)


def _number(kind: Kind) -> Kind:
    """A null of no type takes the narrowest."""
    return Kind("tinyint") if kind.name in ("unknown", "parameter") else kind


def _times(sign: str, one: Typed, other: Typed, fail: Fail) -> Typed | None:  # noqa: C901, PLR0911, PLR0912  # the whole table
    left, right = one.kind, other.kind
    intervals = ("daytime", "yearmonth")
    if right.is_any("date", "timestamp", "timestamptz", "time") and left.is_any(*intervals):
        return _times(sign, other, one, fail) if sign == "+" else None
    signed = "" if sign == "+" else "-"
    if sign in "+-" and right.name == "daytime":
        if left == DATE:
            days = f"CAST({one.sql} + CAST({signed}({other.sql} // {_DAY_MS}) AS INTEGER) AS DATE)"
            message = "INVALID_FUNCTION_ARGUMENT: Cannot add hour, minutes or seconds to a date"
            return Typed(
                f"CASE WHEN {other.sql} % {_DAY_MS} <> 0 THEN {fail(message, DATE)} "
                f"ELSE {days} END",
                DATE,
            )
        if left.is_any("timestamp", "timestamptz"):
            kind = Kind(left.name, (max(3, *left.numbers),))
            return Typed(f"({one.sql} + to_milliseconds({signed}({other.sql})))", kind)
        if left == DAYTIME:
            return Typed(f"({one.sql} {sign} {other.sql})", DAYTIME)
    if sign in "+-" and right.name == "yearmonth":
        months = f"({one.sql} + to_months(CAST({signed}({other.sql}) AS INTEGER)))"
        if left == DATE:
            return Typed(f"CAST({months} AS DATE)", DATE)
        if left.is_any("timestamp", "timestamptz"):
            return Typed(months, left)
        if left == right:
            return Typed(f"({one.sql} {sign} {other.sql})", left)
    if sign == "-":
        both = common(left, right)
        if both is not None and both.is_any("date", "timestamp", "timestamptz"):
            us = f"(epoch_us({implicit(one, both)}) - epoch_us({implicit(other, both)}))"
            return Typed(f"({us} // 1000)", DAYTIME)
    if sign == "*":
        for a, b in ((one, other), (other, one)):
            if a.kind.is_any(*intervals) and b.kind.is_whole:
                return Typed(f"({a.sql} * {b.sql})", a.kind)
    return None


def comparison(sign: str, one: Typed, other: Typed) -> str | None:
    """SQL of a comparison, or None if Trino has none of these types."""
    both = common(one.kind, other.kind)
    if both is None or both.name == "function":
        return None
    if sign not in ("=", "<>") and not both.is_orderable:
        return None
    left, right = implicit(one, both), implicit(other, both)
    done = f"({left} {sign} {right})"
    if both.is_any("array", "row"):
        # DuckDB compares nulls in them as values, Trino says null or stops.
        stop = f"error({marked('ELSEWHERE: a comparison of arrays or rows with nulls')})"
        null = f"{_has_null(left, both)} OR {_has_null(right, both)}"
        return f"CASE WHEN {null} THEN {stop} ELSE {done} END"
    if both.name == "map":
        raise UntranslatableError("a comparison of maps runs on Athena only")
    if not both.is_floating:
        return done
    # In DuckDB NaN equals itself and is the largest; in Trino every comparison with it is false.
    nan = []
    for a, b in ((one, right), (other, left)):
        if a.kind.is_floating and not _is_literal(a.sql):
            rest = "" if _is_literal(b) else f" AND {b} IS NOT NULL"
            nan.append(f"isnan({a.sql}){rest}")
    if not nan:
        return done
    answer = "true" if sign == "<>" else "false"
    return f"(CASE WHEN {' OR '.join(nan)} THEN {answer} ELSE {done} END)"


def _has_null(sql: str, kind: Kind) -> str:
    """Whether an array or row, or what is in it, has a null."""
    if kind.name == "array":
        inner = _has_null("n", kind.item) if kind.item.is_any("array", "row") else "false"
        return f"len(list_filter({sql}, lambda n: n IS NULL OR {inner})) > 0"
    parts = []
    for place, one in enumerate(kind.kinds):
        part = f"struct_extract({sql}, 'f{place}')"
        parts.append(f"{part} IS NULL")
        if one.is_any("array", "row"):
            parts.append(_has_null(part, one))
    return f"({sql} IS NOT NULL AND ({' OR '.join(parts)}))"


def _is_literal(sql: str) -> bool:
    return _NUMBER.match(sql) is not None


def distinct(one: Typed, other: Typed, *, differ: bool) -> str | None:
    """SQL of IS [NOT] DISTINCT FROM, or None."""
    both = common(one.kind, other.kind)
    if both is None:
        return None
    words = "IS DISTINCT FROM" if differ else "IS NOT DISTINCT FROM"
    return f"({implicit(one, both)} {words} {implicit(other, both)})"


def joined(one: Typed, other: Typed) -> Typed | None:
    """The result of ||, or None."""
    left, right = one.kind, other.kind
    if "array" in (left.name, right.name):
        return _joined_arrays(one, other)
    texts = ("varchar", "parameter", "unknown")
    if left.is_any(*texts) and right.is_any(*texts):
        texts_of = [implicit(each, Kind("varchar")) for each in (one, other)]
        return Typed(f"({' || '.join(texts_of)})", Kind("varchar"))
    return None


def _joined_arrays(one: Typed, other: Typed) -> Typed | None:
    left, right = one.kind, other.kind
    if left.name == right.name == "array":
        both = common(left, right)
        if both is None:
            return None
        a, b = implicit(one, both), implicit(other, both)
        null = f"{a} IS NULL OR {b} IS NULL"
        return Typed(f"(CASE WHEN {null} THEN NULL ELSE list_concat({a}, {b}) END)", both)
    if left.name == "array":
        both = common(left, array(right))
        if both is None or not converts(right, both.item):
            return None
        a = implicit(one, both)
        sql = f"list_append({a}, {implicit(other, both.item)})"
    else:
        both = common(array(left), right)
        if both is None:
            return None
        a = implicit(other, both)
        sql = f"list_prepend({implicit(one, both.item)}, {a})"
    return Typed(f"(CASE WHEN {a} IS NOT NULL THEN {sql} END)", both)
