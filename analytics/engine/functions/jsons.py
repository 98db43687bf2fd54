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
    return f"json_text({_at(args)})"


def _extract(args: Sequence[Typed]) -> str:
    return _at(args)


_ARRAY = "json_type(parsed_json({0})) = 'ARRAY'"
FUNCTIONS = tuple(
    one
    for kind in ("varchar", "json")
    for one in (
        scalar(
            f"json_extract_scalar({kind}, varchar) -> varchar",
            _scalar,
            "Literal path; null of an object or array, and of text that is no JSON",
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
) + (
    scalar(
        "json_parse(varchar) -> json",
        "CASE WHEN json_valid({0}) THEN json({0}) WHEN {0} IS NOT NULL THEN "
        "FAIL[INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON] END",
    ),
    scalar("json_format(json) -> varchar", "CAST(json({0}) AS VARCHAR)", "Without spaces"),
)
