"""Functions of arrays, maps and rows, and those that take lambdas."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.engine.functions.model import Typed, scalar
from analytics.engine.kinds import Kind, array

_ARGUMENT = "INVALID_FUNCTION_ARGUMENT"
_SEQUENCE = (
    f"{_ARGUMENT}: sequence stop value should be greater than or equal to start value if step is "
    "greater than zero otherwise stop should be less than or equal to start"
)
_MANY = f"{_ARGUMENT}: result of sequence function must not have more than 10000 entries"


def _zipped(kinds: Sequence[Kind]) -> Kind:
    items = tuple(one.item for one in kinds)
    return array(Kind("row", items, ("",) * len(items)))


def _zip(args: Sequence[Typed]) -> str:
    longest = ", ".join(f"len({one.sql})" for one in args)
    null = " OR ".join(f"{one.sql} IS NULL" for one in args)
    parts = ", ".join(f"f{place} := list_extract({one.sql}, i)" for place, one in enumerate(args))
    return (
        f"CASE WHEN {null} THEN NULL ELSE list_transform(range(1, greatest({longest}) + 1), "
        f"lambda i: struct_pack({parts})) END"
    )


def _concat(args: Sequence[Typed]) -> str:
    null = " OR ".join(f"{one.sql} IS NULL" for one in args)
    joined = args[0].sql
    for one in args[1:]:
        joined = f"list_concat({joined}, {one.sql})"
    return f"CASE WHEN {null} THEN NULL ELSE {joined} END"


def _series(start: str, stop: str, step: str, made: str) -> str:
    """The whole numbers from 0 by which `made` steps, checked as Athena checks them."""
    count = f"(({stop}) - ({start})) // ({step})"
    return (
        f"CASE WHEN {step} = 0 THEN FAIL[{_ARGUMENT}: step must not be zero] "
        f"WHEN (({stop}) - ({start})) * ({step}) < 0 THEN FAIL[{_SEQUENCE}] "
        f"WHEN {count} >= 10000 THEN FAIL[{_MANY}] "
        f"ELSE list_transform(range({count} + 1), lambda i: {made}) END"
    )


def _numbers(args: Sequence[Typed]) -> str:
    start, stop = args[0].sql, args[1].sql
    step = args[2].sql if len(args) > 2 else f"CASE WHEN {start} <= {stop} THEN 1 ELSE -1 END"  # noqa: PLR2004  # the step
    return _series(start, stop, f"({step})", f"{start} + i * ({step})")


def _dates(args: Sequence[Typed]) -> str:
    start, stop = args[0].sql, args[1].sql
    if len(args) > 2:  # noqa: PLR2004  # the step
        step = f"({args[2].sql} // 86400000)"
        whole = f"{args[2].sql} % 86400000 <> 0"
    else:
        step, whole = f"(CASE WHEN {start} <= {stop} THEN 1 ELSE -1 END)", "false"
    days = _series(
        f"date_diff('day', DATE '1970-01-01', {start})",
        f"date_diff('day', DATE '1970-01-01', {stop})",
        step,
        f"CAST({start} + CAST(i * {step} AS INTEGER) AS DATE)",
    )
    return (
        f"CASE WHEN {whole} THEN FAIL[{_ARGUMENT}: sequence step must be a day interval if start "
        f"and end values are dates] ELSE {days} END"
    )


_MATCHES = "list_transform({0}, {1})"
_NULLS = "len(list_filter({0}, lambda n: n IS NULL)) > 0"
FUNCTIONS = (
    scalar("cardinality(array(E)) -> bigint", "len({0})"),
    scalar("cardinality(map(K, V)) -> bigint", "CAST(cardinality({0}) AS BIGINT)"),
    scalar("contains(array(E), E) -> boolean", "has({0}, {1})", "Null if only a null may be it"),
    scalar(
        "element_at(array(E), bigint) -> E",
        f"CASE WHEN {{1}} = 0 THEN FAIL[{_ARGUMENT}: SQL array indices start at 1] "
        "ELSE list_extract({0}, {1}) END",
        "Null beyond the end; negative from the end",
    ),
    scalar("element_at(map(K, V), K) -> V", "map_extract_value({0}, {1})", "Null without the key"),
    scalar(
        "array_position(array(E), E) -> bigint",
        "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL "
        "ELSE coalesce(list_position({0}, {1}), 0) END",
        "0 if it is not there",
    ),
    scalar(
        "array_remove(array(E), E) -> array(E)",
        "CASE WHEN {1} IS NULL THEN NULL "
        "ELSE list_filter({0}, lambda y: y IS NULL OR y <> {1}) END",
        "Nulls stay",
    ),
    scalar("array_distinct(array(E)) -> array(E)", "distinct_of({0})", "One null stays; in order"),
    scalar(
        "array_union(array(E), array(E)) -> array(E)",
        "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL "
        "ELSE distinct_of(list_concat({0}, {1})) END",
        "One null stays",
    ),
    scalar(
        "array_intersect(array(E), array(E)) -> array(E)",
        "CASE WHEN {1} IS NOT NULL THEN list_filter(distinct_of({0}), lambda y: holds({1}, y)) END",
        "Nulls are equal",
    ),
    scalar(
        "array_except(array(E), array(E)) -> array(E)",
        "CASE WHEN {1} IS NOT NULL THEN "
        "list_filter(distinct_of({0}), lambda y: NOT holds({1}, y)) END",
        "Nulls are equal",
    ),
    scalar(
        "arrays_overlap(array(E), array(E)) -> boolean",
        "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN list_has_any({0}, {1}) THEN true "
        "WHEN len({0}) > 0 AND len({1}) > 0 AND "
        f"({_NULLS} OR {_NULLS.replace('{0}', '{1}')}) THEN NULL ELSE false END",
        "Null if only nulls may be common",
    ),
    scalar("array_sort(array(O)) -> array(O)", "list_sort({0}, 'ASC', 'NULLS LAST')", "Nulls last"),
    *(
        scalar(
            f"array_{name}(array(O)) -> O",
            f"CASE WHEN {_NULLS} THEN NULL ELSE list_{name}({{0}}) END",
            "Null if it has a null",
        )
        for name in ("max", "min")
    ),
    scalar(
        "array_join(array(varchar), varchar) -> varchar",
        "CASE WHEN {1} IS NOT NULL THEN coalesce(array_to_string(list_filter({0}, "
        "lambda x: x IS NOT NULL), {1}), CASE WHEN {0} IS NOT NULL THEN '' END) END",
        "Nulls are left out",
    ),
    scalar(
        "array_join(array(varchar), varchar, varchar) -> varchar",
        "CASE WHEN {1} IS NOT NULL AND {2} IS NOT NULL THEN coalesce(array_to_string("
        "list_transform({0}, lambda x: coalesce(x, {2})), {1}), "
        "CASE WHEN {0} IS NOT NULL THEN '' END) END",
        "Nulls are replaced",
    ),
    scalar("concat(array(E), array(E), …) -> array(E)", _concat),
    scalar(
        "flatten(array(array(E))) -> array(E)",
        "CASE WHEN {0} IS NULL THEN NULL ELSE coalesce(flatten(list_filter({0}, "
        "lambda x: x IS NOT NULL)), []) END",
        "Null arrays are left out",
    ),
    scalar("reverse(array(E)) -> array(E)", "list_reverse({0})"),
    scalar(
        "repeat(E, bigint) -> array(E)",
        f"CASE WHEN {{1}} < 0 THEN FAIL[{_ARGUMENT}: count argument of repeat function must be "
        f"greater than or equal to 0] WHEN {{1}} > 10000 THEN FAIL[{_ARGUMENT}: count argument of "
        "repeat function must be less than or equal to 10000] "
        "ELSE list_transform(range({1}), lambda i: {0}) END",
    ),
    scalar("sequence(bigint, bigint) -> array(bigint)", _numbers, "Downwards too"),
    scalar("sequence(bigint, bigint, bigint) -> array(bigint)", _numbers, "The stop included"),
    scalar("sequence(date, date) -> array(date)", _dates, "Day by day, downwards too"),
    scalar("sequence(date, date, daytime) -> array(date)", _dates, "Steps of whole days"),
    scalar(
        "slice(array(E), bigint, bigint) -> array(E)",
        f"CASE WHEN {{1}} = 0 THEN FAIL[{_ARGUMENT}: SQL array indices start at 1] "
        f"WHEN {{2}} < 0 THEN FAIL[{_ARGUMENT}: length must be greater than or equal to 0] "
        "WHEN {0} IS NULL OR {1} IS NULL OR {2} IS NULL THEN NULL "
        "WHEN {1} > len({0}) OR -{1} > len({0}) OR {2} = 0 THEN list_filter({0}, lambda x: false) "
        "ELSE list_slice({0}, CASE WHEN {1} < 0 THEN len({0}) + {1} + 1 ELSE {1} END, "
        "CASE WHEN {1} < 0 THEN len({0}) + {1} ELSE {1} - 1 END + {2}) END",
        "Negative: from the end; empty beyond",
    ),
    scalar(
        "trim_array(array(E), bigint) -> array(E)",
        f"CASE WHEN {{1}} < 0 THEN FAIL[{_ARGUMENT}: size must not be negative] "
        f"WHEN {{1}} > len({{0}}) THEN FAIL[{_ARGUMENT}: size must not exceed array cardinality] "
        "WHEN {1} IS NULL THEN NULL "
        "WHEN {1} = len({0}) THEN list_filter({0}, lambda x: false) "
        "ELSE list_slice({0}, 1, len({0}) - {1}) END",
    ),
    scalar("filter(array(T), f(T) -> boolean) -> array(T)", "list_filter({0}, {1})"),
    scalar("transform(array(T), f(T) -> U) -> array(U)", "list_transform({0}, {1})"),
    scalar(
        "reduce(array(T), S, f(S, T) -> S, f(S) -> R) -> R",
        "list_transform([list_reduce({0}, {2}, {1})], {3})[1]",
    ),
    scalar(
        "any_match(array(T), f(T) -> boolean) -> boolean",
        f"has({_MATCHES}, true)",
        "Null if only a null may match",
    ),
    scalar(
        "all_match(array(T), f(T) -> boolean) -> boolean",
        f"NOT has({_MATCHES}, false)",
        "Null if only a null may differ",
    ),
    scalar(
        "none_match(array(T), f(T) -> boolean) -> boolean",
        f"NOT has({_MATCHES}, true)",
        "Null if only a null may match",
    ),
    scalar("zip(array(T), array(U)) -> array(T)", _zip, "Filled with nulls", _zipped),
    scalar("zip(array(T), array(U), array(V)) -> array(T)", _zip, "Filled with nulls", _zipped),
    scalar(
        "zip_with(array(T), array(U), f(T, U) -> R) -> array(R)",
        "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL ELSE "
        "list_transform(list_transform(range(1, greatest(len({0}), len({1})) + 1), "
        "lambda i: struct_pack(a := list_extract({0}, i), b := list_extract({1}, i))), {2}) END",
        "Filled with nulls",
    ),
    scalar(
        "map(array(K), array(V)) -> map(K, V)",
        f"CASE WHEN len({{0}}) <> len({{1}}) THEN FAIL[{_ARGUMENT}: Key and value arrays must be "
        f"the same length] WHEN {_NULLS} THEN FAIL[{_ARGUMENT}: map key cannot be null] "
        f"WHEN len(distinct_of({{0}})) < len({{0}}) THEN FAIL[{_ARGUMENT}: Duplicate map keys are "
        "not allowed] WHEN {0} IS NULL OR {1} IS NULL THEN NULL ELSE map({0}, {1}) END",
    ),
    scalar("map_keys(map(K, V)) -> array(K)", "map_keys({0})"),
    scalar("map_values(map(K, V)) -> array(V)", "map_values({0})"),
)
