"""Aggregates, which are window functions too, and functions that are only that."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.engine.functions.model import Typed, aggregate, window
from analytics.engine.kinds import Kind, decimal


def _sum_of(kinds: Sequence[Kind]) -> Kind:
    return decimal(38, kinds[0].numbers[1])


def _average(args: Sequence[Typed]) -> str:
    digits, scale = args[0].kind.numbers
    one = args[0].sql
    # Half away from zero, as wide as the argument.
    return (
        f"CAST(decimal_ratio(unscaled(sum({one}){{over}}, {scale}), "
        f"CAST(count({one}){{over}} AS HUGEINT), {scale}) AS DECIMAL({digits},{scale}))"
    )


_N = "count({0}){over}"
_MOMENTS = {
    "stddev": "stddev_samp",
    "stddev_samp": "stddev_samp",
    "stddev_pop": "stddev_pop",
    "variance": "var_samp",
    "var_samp": "var_samp",
    "var_pop": "var_pop",
}
_PAIRS = ("corr", "covar_pop", "covar_samp", "regr_slope", "regr_intercept")
FUNCTIONS = (
    aggregate("count() -> bigint", "count(*){over}", "count(*)"),
    aggregate("count(E) -> bigint", "count({0}){over}"),
    aggregate("count_if(boolean) -> bigint", "CAST(count_if({0}){over} AS BIGINT)"),
    aggregate("sum(I) -> bigint", "CAST(sum({0}){over} AS BIGINT)", "Stops beyond bigint"),
    aggregate("sum(D) -> D", "sum({0}){over}", "decimal(38, s)", _sum_of),
    aggregate("sum(double) -> double", "sum({0}){over}"),
    aggregate("sum(real) -> real", "CAST(sum({0}){over} AS FLOAT)"),
    aggregate("avg(D) -> D", _average, "The argument's type, half up", lambda kinds: kinds[0]),
    aggregate("avg(double) -> double", "avg({0}){over}"),
    aggregate("avg(real) -> real", "CAST(avg({0}){over} AS FLOAT)"),
    aggregate("min(O) -> O", "min({0}){over}"),
    *(
        aggregate(
            f"max({kind}) -> {kind}",
            "CASE WHEN isnan(max({0}){over}) THEN ELSEWHERE[max of NaN] ELSE max({0}){over} END",
            "Not of NaN",
        )
        for kind in ("double", "real")
    ),
    aggregate("max(O) -> O", "max({0}){over}"),
    aggregate("max(O, bigint) -> array(O)", "max({0}, {1}){over}", "The largest, descending"),
    aggregate("min(O, bigint) -> array(O)", "min({0}, {1}){over}", "The smallest, ascending"),
    aggregate("max_by(E, O) -> E", "arg_max_null({0}, {1}){over}", "Null if the row has a null"),
    aggregate("min_by(E, O) -> E", "arg_min_null({0}, {1}){over}", "Null if the row has a null"),
    aggregate("arbitrary(E) -> E", "any_value({0}){over}", "The first that is not null"),
    aggregate("any_value(E) -> E", "any_value({0}){over}", "The first that is not null"),
    aggregate("array_agg(E) -> array(E)", "array_agg({0}){over}", "With nulls"),
    aggregate("bool_and(boolean) -> boolean", "bool_and({0}){over}"),
    aggregate("every(boolean) -> boolean", "bool_and({0}){over}"),
    aggregate("bool_or(boolean) -> boolean", "bool_or({0}){over}"),
    *(
        aggregate(f"{name}(double) -> double", f"{sql}({{0}}){{over}}")
        for name, sql in _MOMENTS.items()
    ),
    *(
        aggregate(f"{name}(double, double) -> double", f"{name}({{0}}, {{1}}){{over}}")
        for name in _PAIRS
    ),
    aggregate(
        "skewness(double) -> double",
        f"CASE WHEN {_N} > 2 THEN skewness({{0}}){{over}} * ({_N} - 2) / "
        f"sqrt({_N} * ({_N} - 1)::DOUBLE) END",
        "Of the population; null below three values",
    ),
    aggregate(
        "kurtosis(double) -> double",
        f"CASE WHEN {_N} > 3 THEN kurtosis({{0}}){{over}} END",
        "Excess of the sample; null below four values",
    ),
    aggregate(
        "geometric_mean(double) -> double",
        "exp(avg(CASE WHEN {0} < 0 THEN 'nan'::DOUBLE WHEN {0} = 0 THEN '-inf'::DOUBLE "
        "ELSE ln({0}) END){over})",
    ),
    aggregate(
        "approx_distinct(E) -> bigint",
        "count(DISTINCT {0}){over}",
        "Exact here; on Athena an estimate with 2.3% standard error",
    ),
    aggregate("histogram(E) -> map(E, bigint)", "counted(histogram({0}){over})"),
    aggregate("bitwise_and_agg(bigint) -> bigint", "bit_and({0}){over}"),
    aggregate("bitwise_or_agg(bigint) -> bigint", "bit_or({0}){over}"),
    aggregate(
        "listagg(varchar, varchar) -> varchar",
        "string_agg({0}, {1}){over}",
        "WITHIN GROUP (ORDER BY …)",
    ),
    window("row_number() -> bigint", "row_number(){over}"),
    window("rank() -> bigint", "rank(){over}"),
    window("dense_rank() -> bigint", "dense_rank(){over}"),
    window("percent_rank() -> double", "percent_rank(){over}"),
    window("cume_dist() -> double", "cume_dist(){over}"),
    window("ntile(bigint) -> bigint", "ntile({0}){over}"),
    window("first_value(E) -> E", "first_value({0}{nulls}){over}"),
    window("last_value(E) -> E", "last_value({0}{nulls}){over}"),
    window("nth_value(E, bigint) -> E", "nth_value({0}, {1}{nulls}){over}"),
    *(
        one
        for name in ("lag", "lead")
        for one in (
            window(f"{name}(E) -> E", f"{name}({{0}}{{nulls}}){{over}}"),
            window(f"{name}(E, bigint) -> E", f"{name}({{0}}, {{1}}{{nulls}}){{over}}"),
            window(f"{name}(E, bigint, E) -> E", f"{name}({{0}}, {{1}}, {{2}}{{nulls}}){{over}}"),
        )
    ),
)
