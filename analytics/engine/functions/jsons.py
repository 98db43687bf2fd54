"""Functions of JSON. Paths are literals of names and indices; others run on Athena only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analytics.engine.functions.model import Typed, scalar
from analytics.engine.functions.patterns import literal
from analytics.errors import UntranslatableError

_STEP = re.compile(r"""\.([A-Za-z_]\w*)|\[(\d+)\]|\["([^"\\]*)"\]""")


def _pointer(path: str) -> str:
    """The path as a JSON pointer; raises UntranslatableError."""
    place, steps = 1, []
    while path[:1] == "$" and place < len(path):
        match = _STEP.match(path, place)
        if not match:
            break
        name = next(one for one in match.groups() if one is not None)
        steps.append("/" + name.replace("~", "~0").replace("/", "~1"))
        place = match.end()
    if place < len(path) or path[:1] != "$":
        raise UntranslatableError("a JSON path of more than names and indices runs on Athena only")
    # A pointer's number is a name in an object, a path's is an index of an array alone.
    return "".join(steps)


def _at(args: Sequence[Typed]) -> str:
    pointer = _pointer(literal(args[1]))
    document = f"parsed_json({args[0].sql})" if args[0].kind.is_text else args[0].sql
    if not pointer:
        return document
    return f"json_extract({document}, '{pointer.replace(chr(39), chr(39) * 2)}')"


def _scalar(args: Sequence[Typed]) -> str:
    return _guarded(args, f"json_text({_at(args)})")


def _extract(args: Sequence[Typed]) -> str:
    return _guarded(args, _at(args))


def _guarded(args: Sequence[Typed], sql: str) -> str:
    """DuckDB rewrites numbers (1.50 becomes 1.5); Athena keeps their text."""
    numbers = f"regexp_matches(CAST({args[0].sql} AS VARCHAR), '{_REWRITTEN}')"
    kinds = f"json_type({_at(args)}) IN ('DOUBLE', 'OBJECT', 'ARRAY')"
    return (
        f"CASE WHEN {kinds} AND {numbers} THEN "
        f"ELSEWHERE[JSON with a number that is not in its shortest form] ELSE {sql} END"
    )


_REWRITTEN = "[.][0-9]+0([^0-9]|$)|[0-9][eE][-+0-9]|[0-9][0-9.]{16}"
_ARRAY = "json_type(parsed_json({0})) = 'ARRAY'"
_OF_BOTH = tuple(
    one
    for kind in ("varchar", "json")
    for one in (
        scalar(
            f"json_extract_scalar({kind}, varchar) -> varchar",
            _scalar,
            "Literal path; null of an object or array, and of text that is not valid JSON",
        ),
        scalar(f"json_extract({kind}, varchar) -> json", _extract, "Literal path"),
        scalar(
            f"json_array_length({kind}) -> bigint",
            f"CASE WHEN {_ARRAY} THEN CAST(json_array_length(parsed_json({{0}})) AS BIGINT) END",
            "Null of what is no array",
        ),
        scalar(
            f"json_array_get({kind}, bigint) -> json",
            f"CASE WHEN {{1}} < 0 THEN ELSEWHERE[json_array_get from the end] WHEN {_ARRAY} THEN "
            "json_extract(parsed_json({0}), '$[' || {1} || ']') END",
            "From 0",
        ),
    )
)
FUNCTIONS = (
    *_OF_BOTH,
    scalar(
        "json_parse(varchar) -> json",
        "CASE WHEN json_valid({0}) THEN CAST({0} AS JSON) WHEN {0} IS NOT NULL THEN "
        "FAIL[INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON] END",
    ),
    scalar(
        "json_format(json) -> varchar",
        f"CASE WHEN regexp_matches(CAST({{0}} AS VARCHAR), '{_REWRITTEN}') OR "
        "(json_type({0}) = 'OBJECT' AND json_keys({0}) <> list_sort(json_keys({0}))) OR "
        "length(replace(CAST({0} AS VARCHAR), '{', '')) < length(CAST({0} AS VARCHAR)) - 1 "
        "THEN ELSEWHERE[json_format of nested objects, unsorted keys or numbers in a long form] "
        "ELSE CAST(json({0}) AS VARCHAR) END",
        "Without spaces; keys in order",
    ),
)
