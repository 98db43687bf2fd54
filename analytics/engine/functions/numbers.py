"""Functions of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from analytics.engine.functions.model import Typed, scalar
from analytics.engine.kinds import Kind, decimal
from analytics.errors import UntranslatableError

_ARGUMENT = "INVALID_FUNCTION_ARGUMENT"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_RADIX = f"{_ARGUMENT}: Radix must be between 2 and 36"


def _whole_of(kinds: Sequence[Kind]) -> Kind:
    digits, scale = kinds[0].numbers
    return decimal(digits - scale + min(scale, 1), 0)


def _whole(name: str, args: Sequence[Typed]) -> str:
    return f"CAST({name}({args[0].sql}) AS {_whole_of([args[0].kind]).duckdb})"


def _cut_of(kinds: Sequence[Kind]) -> Kind:
    digits, scale = kinds[0].numbers
    return decimal(max(1, digits - scale), 0)


def _wider(kinds: Sequence[Kind]) -> Kind:
    digits, scale = kinds[0].numbers
    return decimal(digits + 1, scale)


def _round_decimal(args: Sequence[Typed]) -> str:
    digits, scale = args[0].kind.numbers
    wanted = args[1].sql.removesuffix("::INTEGER") if len(args) > 1 else "0"
    if not wanted.isdigit():
        raise UntranslatableError(
            "round of a decimal to a number of places that is not a literal runs on Athena only"
        )
    if int(wanted) >= scale:
        return f"CAST({args[0].sql} AS {decimal(digits + 1, scale).duckdb})"
    places = decimal(digits + 1, int(wanted)).duckdb
    result = decimal(digits + 1, scale) if len(args) > 1 else _whole_of([args[0].kind])
    return f"CAST(CAST({args[0].sql} AS {places}) AS {result.duckdb})"


def _nan_outside(name: str, condition: str) -> str:
    return f"CASE WHEN {condition} THEN 'nan'::DOUBLE ELSE {name}({{0}}) END"


def _logarithm(name: str) -> str:
    return (
        f"CASE WHEN {{0}} < 0 THEN 'nan'::DOUBLE WHEN {{0}} = 0 THEN '-inf'::DOUBLE "
        f"ELSE {name}({{0}}) END"
    )


def _same(*names: str) -> list[tuple[str, str]]:
    return [(name, f"{name}({{0}})") for name in names]


_DOUBLE = [
    ("cbrt", "CASE WHEN pow(round(cbrt({0})), 3) = {0} THEN round(cbrt({0})) ELSE cbrt({0}) END"),
    *_same("exp", "degrees", "radians", "sin", "cos", "tan", "atan"),
    *_same("sinh", "cosh", "tanh"),
    ("sqrt", _nan_outside("sqrt", "{0} < 0")),
    ("asin", _nan_outside("asin", "abs({0}) > 1")),
    ("acos", _nan_outside("acos", "abs({0}) > 1")),
    *((name, _logarithm(name)) for name in ("ln", "log2", "log10")),
]
FUNCTIONS = (
    scalar("abs(N) -> N", "abs({0})"),
    *(
        one
        for name in ("ceil", "ceiling", "floor")
        for one in (
            scalar(f"{name}(I) -> I", "{0}"),
            scalar(f"{name}(double) -> double", f"{name}({{0}})"),
            scalar(f"{name}(real) -> real", f"{name}({{0}})"),
            scalar(
                f"{name}(D) -> D",
                partial(_whole, name),
                "A decimal without places",
                _whole_of,
            ),
        )
    ),
    scalar("round(I) -> I", "{0}"),
    scalar("round(double) -> double", "round({0})", "Half away from zero"),
    scalar("round(real) -> real", "round({0})"),
    scalar("round(D) -> D", _round_decimal, "A decimal without places", _whole_of),
    scalar("round(double, integer) -> double", "round({0}, {1})", "Half away from zero"),
    scalar("round(D, integer) -> D", _round_decimal, "Literal places, at least 0", _wider),
    scalar("truncate(double) -> double", "trunc({0})"),
    scalar(
        "truncate(D) -> D",
        lambda args: f"CAST(trunc({args[0].sql}) AS {_cut_of([args[0].kind]).duckdb})",
        "A decimal without places",
        _cut_of,
    ),
    scalar("sign(I) -> I", "CAST(sign({0}) AS INTEGER)"),
    scalar(
        "sign(D) -> D",
        "CAST(sign({0}) AS DECIMAL(1,0))",
        "decimal(1, 0)",
        lambda _: decimal(1, 0),
    ),
    scalar(
        "sign(double) -> double",
        "CASE WHEN isnan({0}) THEN {0} ELSE CAST(sign({0}) AS DOUBLE) END",
    ),
    *(scalar(f"{name}(double) -> double", sql) for name, sql in _DOUBLE),
    *(
        scalar(
            f"{name}(double, double) -> double",
            "pow({0}, {1})",
        )
        for name in ("power", "pow")
    ),
    scalar("atan2(double, double) -> double", "atan2({0}, {1})"),
    scalar(
        "log(double, double) -> double",
        "CASE WHEN {0} <= 0 OR {0} = 1 OR {1} <= 0 THEN ELSEWHERE[log outside of its domain] "
        "ELSE ln({1}) / ln({0}) END",
        "log(base, x)",
    ),
    scalar("pi() -> double", "pi()"),
    scalar("e() -> double", "exp(1::DOUBLE)"),
    scalar("nan() -> double", "'nan'::DOUBLE"),
    scalar("infinity() -> double", "'inf'::DOUBLE"),
    scalar("is_nan(double) -> boolean", "isnan({0})"),
    scalar("is_finite(double) -> boolean", "isfinite({0})"),
    scalar("is_infinite(double) -> boolean", "isinf({0})"),
    scalar("rand() -> double", "random()"),
    scalar("random() -> double", "random()"),
    *(
        scalar(
            f"{name}(bigint) -> bigint",
            f"CASE WHEN {{0}} <= 0 THEN FAIL[{_ARGUMENT}: bound must be positive] "
            "ELSE CAST(floor(random() * {0}) AS BIGINT) END",
        )
        for name in ("rand", "random")
    ),
    scalar(
        "width_bucket(double, double, double, bigint) -> bigint",
        f"CASE WHEN {{3}} <= 0 THEN FAIL[{_ARGUMENT}: bucketCount must be greater than 0] "
        f"WHEN isnan({{0}}) THEN FAIL[{_ARGUMENT}: operand must not be NaN] "
        "WHEN {1} >= {2} OR NOT isfinite({1}) OR NOT isfinite({2}) THEN "
        "ELSEWHERE[width_bucket with these bounds] "
        "WHEN {0} < {1} THEN 0 WHEN {0} >= {2} THEN {3} + 1 "
        "ELSE CAST(floor({3} * ({0} - {1}) / ({2} - {1})) AS BIGINT) + 1 END",
        "0 below, n + 1 above",
    ),
    scalar(
        "greatest(O, …) -> O",
        lambda args: _extreme("greatest", args),
        "Null if any is null",
    ),
    scalar("least(O, …) -> O", lambda args: _extreme("least", args), "Null if any is null"),
    scalar(
        "to_base(bigint, bigint) -> varchar",
        f"CASE WHEN {{1}} NOT BETWEEN 2 AND 36 THEN FAIL[{_RADIX}] WHEN {{0}} < 0 THEN "
        "'-' || lower(to_base(-{0}, {1}::INTEGER)) ELSE lower(to_base({0}, {1}::INTEGER)) END",
    ),
    scalar(
        "from_base(varchar, bigint) -> bigint",
        f"CASE WHEN {{1}} NOT BETWEEN 2 AND 36 THEN FAIL[{_RADIX}] "
        f"WHEN NOT regexp_full_match({{0}}, '[+-]?[0-9A-Za-z]+') OR len(list_filter("
        f"string_split(lower(ltrim({{0}}, '+-')), ''), lambda c: strpos('{_DIGITS}', c) > {{1}})) "
        f"> 0 THEN FAIL[{_ARGUMENT}: Not a valid number of this base] "
        f"ELSE CAST(list_reduce(list_transform(string_split(lower(ltrim({{0}}, '+-')), ''), "
        f"lambda c: CAST(strpos('{_DIGITS}', c) - 1 AS HUGEINT)), lambda a, d: a * {{1}} + d, "
        "0::HUGEINT) * (CASE WHEN starts_with({0}, '-') THEN -1 ELSE 1 END) AS BIGINT) END",
    ),
    scalar("bitwise_and(bigint, bigint) -> bigint", "({0} & {1})"),
    scalar("bitwise_or(bigint, bigint) -> bigint", "({0} | {1})"),
    scalar("bitwise_xor(bigint, bigint) -> bigint", "xor({0}, {1})"),
    scalar("bitwise_not(bigint) -> bigint", "(~{0})"),
    scalar(
        "bit_count(bigint, bigint) -> bigint",
        "CASE WHEN {1} <> 64 THEN ELSEWHERE[bit_count of other than 64 bits] "
        "ELSE CAST(bit_count({0}) AS BIGINT) END",
        "64 bits",
    ),
)


def _extreme(name: str, args: Sequence[Typed]) -> str:
    all_of = ", ".join(one.sql for one in args)
    null = " OR ".join(f"{one.sql} IS NULL" for one in args)
    if args[0].kind.is_floating:
        nan = " OR ".join(f"isnan({one.sql})" for one in args)
        return (
            f"CASE WHEN {null} THEN NULL WHEN {nan} THEN "
            f"ELSEWHERE[{name} of NaN] ELSE {name}({all_of}) END"
        )
    return f"CASE WHEN {null} THEN NULL ELSE {name}({all_of}) END"
