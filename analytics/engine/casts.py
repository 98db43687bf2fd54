"""CAST and TRY_CAST as Trino does them, and the conversions that need no CAST.

DuckDB's casts accept more (`'2.5'` as an integer, `'yes'` as a boolean) and print otherwise.
"""

from __future__ import annotations

from collections.abc import Callable

from analytics.engine.functions.model import Typed
from analytics.engine.kinds import Kind, converts
from analytics.engine.stops import marked
from analytics.errors import QueryError, UntranslatableError

Fail = Callable[[str, Kind], str]
_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
_TEXT: dict[str, str] = {
    "tinyint": r"[+-]?\d+",
    "smallint": r"[+-]?\d+",
    "integer": r"[+-]?\d+",
    "bigint": r"[+-]?\d+",
    "real": rf"\s*({_NUMBER}|NaN|[+-]?Infinity)\s*",
    "double": rf"\s*({_NUMBER}|NaN|[+-]?Infinity)\s*",
    "decimal": _NUMBER,
    "boolean": r"(?i)true|false|t|f|1|0",
    "date": r"\s*\d{4}-\d{1,2}-\d{1,2}\s*",
    "time": r"\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?",
    "timestamp": r"\s*\d{4}-\d{1,2}-\d{1,2}( \d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?\s*",
}
_MICROSECONDS = 6


def implicit(one: Typed, to: Kind) -> str:
    """The SQL of a value that Trino converts by itself, as the type `to`."""
    if one.kind == to or (one.kind.is_text and to.name == "varchar"):
        return one.sql
    if one.kind.name == "parameter":
        return cast(
            Typed(one.sql, Kind("varchar")), to, lambda m, _: f"error({marked(m)})", safe=False
        )
    if to.name == "char":
        return f"rpad({one.sql}, {to.args[0]}, ' ')"
    if one.kind.duckdb == to.duckdb:
        return one.sql
    return f"CAST({one.sql} AS {to.duckdb})"


def cast(one: Typed, to: Kind, fail: Fail, *, safe: bool) -> str:  # noqa: PLR0911  # the whole table
    """The SQL of an explicit cast; `safe` makes null of what cannot be cast.

    Raises:
        QueryError: Trino has no such cast.
        UntranslatableError: the local engine has not.
    """
    source = one.kind
    if source.name == "unknown":
        return f"CAST(NULL AS {to.duckdb})"
    if source == to:
        return one.sql
    if to.is_any("timestamp", "timestamptz", "time") and to.numbers[0] > _MICROSECONDS:
        raise UntranslatableError(f"{to} runs on Athena only: at most 6 places here")
    if source.name == "json" or to.name == "json":
        return _json(one, to, fail, safe=safe)
    if to.name in ("varchar", "char"):
        return _to_text(one, to, fail, safe=safe)
    if source.is_text:
        return _from_text(one, to, fail, safe=safe)
    if source.name == "char":
        trimmed = Typed(f"rtrim({one.sql}, ' ')", Kind("varchar"))
        return _from_text(trimmed, to, fail, safe=safe)
    if to.name in ("array", "row"):
        return _nested(one, to, fail, safe=safe)
    return _plain(one, to, fail, safe=safe)


def _failing(fail: Fail, one: Typed, to: Kind, *, safe: bool) -> str:
    name = {"integer": "INT"}.get(to.name, str(to).upper() if to.is_number else str(to))
    message = f"INVALID_CAST_ARGUMENT: Cannot cast a {one.kind.shown} to {name}"
    return f"CAST(NULL AS {to.duckdb})" if safe else fail(message, to)


def _duckdbs(sql: str, to: Kind, *, safe: bool) -> str:
    return f"{'TRY_CAST' if safe else 'CAST'}({sql} AS {to.duckdb})"


def _refuse(source: Kind, to: Kind) -> QueryError:
    return QueryError(f"TYPE_MISMATCH: Cannot cast {source} to {to}")


def _from_text(one: Typed, to: Kind, fail: Fail, *, safe: bool) -> str:
    pattern = _TEXT.get(to.name)
    if to.name == "varbinary" or to.name in ("array", "map", "row"):
        raise _refuse(one.kind, to)
    if pattern is None:
        raise UntranslatableError(f"CAST of varchar to {to} runs on Athena only")
    sql = one.sql
    if to.is_any("timestamp", "time") and to.numbers[0] < _MICROSECONDS:
        places = to.numbers[0]
        # Beyond the precision Athena rounds; what is longer is left to it.
        short = f"(\\.\\d{{1,{places}}})?" if places else ""
        pattern = pattern.replace(r"(\.\d{1,6})?", short)
    if to.is_floating:
        value = f"trim({sql})"
    elif to.name == "decimal":
        value = sql
    else:
        value = f"trim({sql})" if to.is_any("date", "timestamp") else sql
    longer = ""
    if pattern != _TEXT[to.name]:
        stop = fail(f"ELSEWHERE: CAST to {to} of text with more places", to)
        longer = (
            f"WHEN regexp_full_match({sql}, '{_TEXT[to.name]}') AND NOT "
            f"regexp_full_match({sql}, '{pattern}') THEN {stop} "
        )
    done = _duckdbs(value, to, safe=True)
    if to.name == "boolean":
        done = f"lower({sql}) IN ('true', 't', '1')"
    bad = _failing(fail, one, to, safe=safe)
    quoted = pattern.replace("'", "''")
    unlike = f"NOT regexp_full_match({sql}, '{quoted}')"
    unread = f"({sql} IS NOT NULL AND ({done}) IS NULL)"
    return f"CASE {longer}WHEN {unlike} OR {unread} THEN {bad} ELSE {done} END"


def text(one: Typed) -> str:  # noqa: PLR0911  # the whole table
    """A value as varchar, as Trino prints it; raises UntranslatableError."""
    source = one.kind
    match source.name:
        case "varchar" | "parameter" | "char":
            return one.sql
        case "unknown":
            return "CAST(NULL AS VARCHAR)"
        case "double" | "real":
            return f"double_text({one.sql})"
        case "date":
            return f"strftime({one.sql}, '%Y-%m-%d')"
        case "timestamp" if source.numbers[0] in (0, 3, 6):
            fraction = {0: "", 3: ".%g", 6: ".%f"}[source.numbers[0]]
            return f"strftime({one.sql}, '%Y-%m-%d %H:%M:%S{fraction}')"
        case "timestamptz" if source.numbers[0] in (0, 3, 6):
            fraction = {0: "", 3: ".%g", 6: ".%f"}[source.numbers[0]]
            return f"strftime({one.sql}, '%Y-%m-%d %H:%M:%S{fraction} UTC')"
        case "time" if source.numbers[0] in (0, 3, 6):
            fraction = {0: "", 3: ".%g", 6: ".%f"}[source.numbers[0]]
            return f"strftime(DATE '1970-01-01' + {one.sql}, '%H:%M:%S{fraction}')"
        case "boolean" | "decimal" | "tinyint" | "smallint" | "integer" | "bigint":
            return f"CAST({one.sql} AS VARCHAR)"
        case "array" | "map" | "row" | "varbinary":
            raise _refuse(source, Kind("varchar"))
        case _:
            raise UntranslatableError(f"CAST of {source} to varchar runs on Athena only")


def _to_text(one: Typed, to: Kind, fail: Fail, *, safe: bool) -> str:
    sql = text(one)
    if to.name == "char":
        cut = f"rtrim(substring({sql}, 1, {to.args[0]}), ' ')"
        return f"rpad({cut}, {to.args[0]}, ' ')"
    if not to.args:
        return sql
    if one.kind.is_any("varchar", "char", "parameter"):
        return f"substring({sql}, 1, {to.args[0]})"
    bad = _failing(fail, one, to, safe=safe)
    return f"CASE WHEN length({sql}) > {to.args[0]} THEN {bad} ELSE {sql} END"


def _plain(one: Typed, to: Kind, fail: Fail, *, safe: bool) -> str:  # noqa: C901, PLR0911  # the whole table
    source, sql = one.kind, one.sql
    if source.is_number and to.is_number:
        if source.is_floating and to.name == "decimal":
            return _to_decimal(one, to, fail, safe=safe)
        if source.is_floating and to.is_whole:
            done = _duckdbs(f"round({sql})", to, safe=True)
            bad = _failing(fail, one, to, safe=safe)
            return f"CASE WHEN {sql} IS NOT NULL AND {done} IS NULL THEN {bad} ELSE {done} END"
        return _duckdbs(sql, to, safe=safe)
    if source.is_number and to.name == "boolean":
        return f"({sql} <> 0)"
    if source.name == "boolean" and to.is_number:
        return f"CAST(CAST({sql} AS INTEGER) AS {to.duckdb})"
    dates = ("date", "timestamp", "timestamptz")
    if source.is_any(*dates) and to.is_any(*dates):
        if to.name != "date" and source.numbers and source.numbers[0] > to.numbers[0]:
            raise UntranslatableError(f"CAST of {source} to {to} runs on Athena only: it rounds")
        return f"CAST({sql} AS {to.duckdb})"
    if source.is_any("timestamp", "timestamptz") and to.name == "time":
        return f"CAST({sql} AS TIME)"
    if source.name == to.name == "time" and source.numbers[0] <= to.numbers[0]:
        return sql
    if converts(source, to):
        return implicit(one, to)
    raise _refuse(source, to)


def _to_decimal(one: Typed, to: Kind, fail: Fail, *, safe: bool) -> str:
    """A double as a decimal, by its shortest text; a tie depends on what Athena rounds."""
    written = f"CAST({one.sql} AS VARCHAR)"
    tie = f"regexp_matches({written}, '[.][0-9]{{{to.numbers[1]}}}5(e.*)?$')"
    done = _duckdbs(written, to, safe=True)
    bad = _failing(fail, one, to, safe=safe)
    stop = fail("ELSEWHERE: CAST of a double that lies between two decimals", to)
    return (
        f"CASE WHEN {tie} THEN {stop} WHEN {one.sql} IS NOT NULL AND {done} IS NULL THEN {bad} "
        f"ELSE {done} END"
    )


def _nested(one: Typed, to: Kind, fail: Fail, *, safe: bool) -> str:
    source = one.kind
    if source.name != to.name or len(source.args) != len(to.args):
        raise _refuse(source, to)
    if safe:
        raise UntranslatableError(f"TRY_CAST to {to} runs on Athena only")
    if to.name == "array":
        item = cast(Typed("item", source.item), to.item, fail, safe=safe)
        return one.sql if item == "item" else f"list_transform({one.sql}, lambda item: {item})"
    parts = []
    for place, (had, wanted) in enumerate(zip(source.kinds, to.kinds, strict=True)):
        value = Typed(f"struct_extract({one.sql}, 'f{place}')", had)
        parts.append(f"f{place} := {cast(value, wanted, fail, safe=safe)}")
    return f"CASE WHEN {one.sql} IS NOT NULL THEN struct_pack({', '.join(parts)}) END"


def _json(one: Typed, to: Kind, fail: Fail, *, safe: bool) -> str:
    source, sql = one.kind, one.sql
    if source.name == "json" and to.name == "varchar":
        bad = _failing(fail, one, to, safe=safe)
        elsewhere = fail("ELSEWHERE: CAST of a JSON number with a fraction to varchar", to)
        text_of = f"json_text({sql})"
        if to.args:
            text_of = f"CASE WHEN length({text_of}) > {to.args[0]} THEN {bad} ELSE {text_of} END"
        return (
            f"CASE WHEN json_type({sql}) IN ('OBJECT', 'ARRAY') THEN {bad} "
            f"WHEN json_type({sql}) = 'DOUBLE' THEN {elsewhere} ELSE {text_of} END"
        )
    if source.name == "json" and to.name in ("bigint", "integer", "double"):
        kinds = "('BIGINT', 'UBIGINT')" if to.is_whole else "('BIGINT', 'UBIGINT', 'DOUBLE')"
        bad = _failing(fail, one, to, safe=safe)
        done = _duckdbs(f"json_text({sql})", to, safe=True)
        other = f"json_type({sql}) NOT IN {kinds} AND json_type({sql}) <> 'NULL'"
        elsewhere = fail("ELSEWHERE: CAST of JSON that is no such number", to)
        return (
            f"CASE WHEN json_type({sql}) IN ('OBJECT', 'ARRAY') THEN {bad} WHEN {other} THEN "
            f"{elsewhere} WHEN {done} IS NULL AND json_type({sql}) <> 'NULL' THEN {bad} "
            f"ELSE {done} END"
        )
    if to.name == "json" and (source.is_text or source.is_whole or source.name == "boolean"):
        return f"to_json({sql})"
    raise UntranslatableError(f"CAST of {source} to {to} runs on Athena only")
