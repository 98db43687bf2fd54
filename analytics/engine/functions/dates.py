"""Functions of dates and times."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.engine.functions.model import Typed, scalar
from analytics.engine.functions.patterns import literal
from analytics.engine.kinds import Kind
from analytics.errors import QueryError, UntranslatableError

_ARGUMENT = "INVALID_FUNCTION_ARGUMENT"
_PARTS = {
    "year": "year",
    "quarter": "quarter",
    "month": "month",
    "week": "week",
    "week_of_year": "week",
    "day": "day",
    "day_of_month": "day",
    "day_of_week": "isodow",
    "dow": "isodow",
    "day_of_year": "doy",
    "doy": "doy",
    "year_of_week": "isoyear",
    "yow": "isoyear",
}
_TIMES = {"hour": "hour", "minute": "minute", "second": "second"}
# The units of date_add, date_diff and date_trunc, with what a unit is added as.
_ADDED = {
    "millisecond": "to_milliseconds({0})",
    "second": "to_seconds({0})",
    "minute": "to_minutes({0})",
    "hour": "to_hours({0})",
    "day": "to_days({0}::INTEGER)",
    "week": "to_weeks({0}::INTEGER)",
    "month": "to_months({0}::INTEGER)",
    "quarter": "to_months((3 * {0})::INTEGER)",
    "year": "to_years({0}::INTEGER)",
}
_OF_DATES = ("day", "week", "month", "quarter", "year")
# MySQL's specifiers in DuckDB's; of those that Trino knows.
_FORMAT = {
    "a": "%a", "b": "%b", "c": "%-m", "d": "%d", "e": "%-d", "f": "%g000", "H": "%H", "h": "%I",
    "I": "%I", "i": "%M", "j": "%j", "k": "%-H", "l": "%-I", "M": "%B", "m": "%m", "p": "%p",
    "r": "%I:%M:%S %p", "S": "%S", "s": "%S", "T": "%H:%M:%S", "v": "%V", "W": "%A", "Y": "%Y",
    "y": "%y", "x": "%G", "%": "%%",
}  # fmt: skip
_PARSE = {
    "Y": r"\d{4}", "m": r"\d{1,2}", "d": r"\d{1,2}", "H": r"\d{1,2}", "i": r"\d{1,2}",
    "s": r"\d{1,2}", "S": r"\d{1,2}", "T": r"\d{1,2}:\d{1,2}:\d{1,2}", "c": r"\d{1,2}",
    "e": r"\d{1,2}", "k": r"\d{1,2}",
}  # fmt: skip
_PARSED = {"c": "%m", "e": "%d", "k": "%H"}


def _unit(args: Sequence[Typed], *, of_dates: bool) -> str:
    unit = literal(args[0]).lower()
    if unit not in _ADDED:
        raise QueryError(f"{_ARGUMENT}: '{unit}' is not a valid unit")
    if of_dates and unit not in _OF_DATES:
        raise QueryError(f"{_ARGUMENT}: '{unit}' is not a valid DATE field")
    return unit


def _is_date(one: Typed) -> bool:
    return one.kind.name == "date"


def _add(args: Sequence[Typed]) -> str:
    unit = _unit(args, of_dates=_is_date(args[2]))
    sql = f"({args[2].sql} + {_ADDED[unit].format(args[1].sql)})"
    return f"CAST({sql} AS DATE)" if _is_date(args[2]) else sql


def _diff(args: Sequence[Typed]) -> str:
    unit = _unit(args, of_dates=_is_date(args[2]))
    start, end = args[1].sql, args[2].sql
    if unit in ("month", "quarter", "year"):
        # Complete months: the most that can be added to the start without passing the end, where
        # the 31st of a month plus one is the last day of the next.
        months = f"complete_months(CAST({start} AS TIMESTAMP), CAST({end} AS TIMESTAMP))"
        size = {"month": 1, "quarter": 3, "year": 12}[unit]
        return f"({months} // {size})"
    return f"date_sub('{unit}', {start}, {end})"


def _trunc(args: Sequence[Typed]) -> str:
    unit = _unit(args, of_dates=_is_date(args[1]))
    kind = "DATE" if _is_date(args[1]) else "TIMESTAMP"
    return f"CAST(date_trunc('{unit}', {args[1].sql}) AS {kind})"


def _last(kinds: Sequence[Kind]) -> Kind:
    """The type of the value that a unit is added to: milliseconds need three places."""
    one = kinds[-1]
    return one if one.name == "date" else Kind(one.name, (max(3, *one.numbers),))


def _specifiers(text: str) -> list[str]:
    """The text cut into specifiers (%Y) and other characters."""
    parts, place = [], 0
    while place < len(text):
        size = 2 if text[place] == "%" else 1
        parts.append(text[place : place + size])
        place += size
    return parts


def _format(args: Sequence[Typed]) -> str:
    out = ""
    for part in _specifiers(literal(args[1])):
        if len(part) == 2 and part[1] in "DUuVwX":  # noqa: PLR2004  # a specifier
            raise QueryError(f"{_ARGUMENT}: {part} not supported in date format string")
        if part.startswith("%"):
            out += _FORMAT.get(part[1:], part[1:])
        else:
            out += part
    quoted = out.replace("'", "''")
    # A two-digit year or a year beyond four digits prints alike in both for years 0 to 9999.
    return f"strftime({args[0].sql}, '{quoted}')"


def _parse(args: Sequence[Typed]) -> str:
    import re

    pattern, out = "", ""
    for part in _specifiers(literal(args[1])):
        if part.startswith("%"):
            if part[1:] not in _PARSE:
                raise UntranslatableError(f"date_parse with {part} runs on Athena only")
            pattern += _PARSE[part[1:]]
            out += _PARSED.get(part[1:], _FORMAT[part[1:]])
        else:
            pattern += re.escape(part)
            out += part
    sql, quoted = args[0].sql, out.replace("'", "''")
    shape = pattern.replace("'", "''")
    return (
        f"CASE WHEN NOT regexp_full_match({sql}, '{shape}') OR "
        f"try_strptime({sql}, '{quoted}') IS NULL AND {sql} IS NOT NULL "
        f"THEN FAIL[{_ARGUMENT}: Invalid format] ELSE try_strptime({sql}, '{quoted}') END"
    )


def _iso(args: Sequence[Typed]) -> str:
    sql, places = args[0].sql, args[0].kind.numbers[0]
    if places not in (0, 3, 6):
        raise UntranslatableError("to_iso8601 of this precision runs on Athena only")
    fraction = {0: "", 3: ".%g", 6: ".%f"}[places]
    return f"strftime({sql}, '%Y-%m-%dT%H:%M:%S{fraction}')"


_ISO_DATE = r"\d\d\d\d-\d\d-\d\d"
FUNCTIONS = (
    *(
        scalar(
            f"{name}({kind}) -> bigint",
            f"date_part('{part}', {{0}})",
            "ISO" if "iso" in part or part == "week" else "",
        )
        for name, part in _PARTS.items()
        for kind in ("date", "timestamp", "timestamptz")
    ),
    *(
        scalar(f"{name}({kind}) -> bigint", f"date_part('{part}', {{0}})")
        for name, part in _TIMES.items()
        for kind in ("timestamp", "timestamptz", "time")
    ),
    *(
        scalar(f"millisecond({kind}) -> bigint", "(date_part('millisecond', {0}) % 1000)")
        for kind in ("timestamp", "timestamptz", "time")
    ),
    scalar("last_day_of_month(date) -> date", "last_day({0})"),
    scalar("last_day_of_month(timestamp) -> date", "last_day({0})"),
    scalar("date_add(varchar, bigint, date) -> date", _add, "Literal unit"),
    scalar("date_add(varchar, bigint, timestamp) -> timestamp", _add, "Literal unit", _last),
    scalar("date_diff(varchar, date, date) -> bigint", _diff, "Complete units; literal unit"),
    scalar(
        "date_diff(varchar, timestamp, timestamp) -> bigint", _diff, "Complete units; literal unit"
    ),
    scalar(
        "date_diff(varchar, timestamptz, timestamptz) -> bigint",
        _diff,
        "Complete units; literal unit",
    ),
    scalar("date_trunc(varchar, date) -> date", _trunc, "Literal unit"),
    scalar("date_trunc(varchar, timestamp) -> timestamp", _trunc, "Literal unit", lambda k: k[-1]),
    scalar("date_trunc(varchar, timestamptz) -> timestamptz", _trunc, "In UTC", lambda k: k[-1]),
    scalar("date_format(timestamp, varchar) -> varchar", _format, "Literal format"),
    scalar("date_parse(varchar, varchar) -> timestamp", _parse, "Literal format of digits"),
    scalar(
        "from_iso8601_date(varchar) -> date",
        f"CASE WHEN regexp_full_match({{0}}, '{_ISO_DATE}') THEN CAST({{0}} AS DATE) "
        "WHEN {0} IS NOT NULL THEN ELSEWHERE[from_iso8601_date of other than YYYY-MM-DD] END",
        "YYYY-MM-DD only",
    ),
    scalar("to_iso8601(date) -> varchar", "strftime({0}, '%Y-%m-%d')"),
    scalar("to_iso8601(timestamp) -> varchar", _iso, "As many places as the type has"),
    scalar(
        "from_unixtime(double) -> timestamptz",
        "CASE WHEN isfinite({0}) THEN make_timestamp(CAST(round({0} * 1000) AS BIGINT) * 1000) "
        f"WHEN {{0}} IS NOT NULL THEN FAIL[{_ARGUMENT}: not a time] END",
        "In UTC",
    ),
    scalar("to_unixtime(timestamp) -> double", "epoch({0})"),
    scalar("to_unixtime(timestamptz) -> double", "epoch({0})"),
    scalar("now() -> timestamptz", "now_utc()", "In UTC, the start of the query"),
    scalar("current_date() -> date", "CAST(now_utc() AS DATE)", "In UTC"),
    scalar("current_timestamp() -> timestamptz", "now_utc()", "In UTC, the start of the query"),
    scalar("localtimestamp() -> timestamp", "now_utc()", "In UTC, the start of the query"),
    scalar("localtime() -> time", "CAST(now_utc() AS TIME)", "In UTC, the start of the query"),
    scalar("current_timezone() -> varchar", "'UTC'"),
)
