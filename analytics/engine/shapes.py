"""The shapes of sqlglot's tree that the translation reads.

A part of a node that it does not read would be lost without a word (the NOT of `NOT LIKE` is such a
part), so a node, or a part of one, that is not listed here is refused.
"""

from __future__ import annotations

import re

from sqlglot import exp

from analytics.errors import QueryError, UntranslatableError

_BINARY = ("this", "expression")
_TAIL = ("order", "limit", "offset", "with_")
_CALLS: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Anonymous: ("this", "expressions"),
    exp.GroupConcat: ("this", "separator", "on_overflow"),
    exp.Filter: _BINARY,
    exp.Window: ("this", "partition_by", "order", "spec", "over", "alias", "first"),
    exp.WindowSpec: ("kind", "start", "start_side", "end", "end_side", "exclude"),
    exp.IgnoreNulls: ("this",),
    exp.RespectNulls: ("this",),
    exp.Distinct: ("expressions", "on"),
    exp.Order: ("this", "expressions"),
    exp.Ordered: ("this", "desc", "nulls_first"),
    exp.Lambda: ("this", "expressions"),
    exp.Star: (),
}
_EXPRESSIONS: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Literal: ("this", "is_string"),
    exp.Boolean: ("this",),
    exp.Null: (),
    exp.HexString: ("this", "is_integer"),
    exp.Placeholder: (),
    exp.Var: ("this",),
    exp.Interval: ("this", "unit"),
    exp.IntervalSpan: _BINARY,
    exp.Array: ("expressions",),
    exp.Tuple: ("expressions",),
    exp.Column: ("this", "table", "db", "catalog"),
    exp.Identifier: ("this", "quoted"),
    exp.Dot: _BINARY,
    exp.Paren: ("this",),
    exp.Between: ("this", "low", "high", "symmetric"),
    exp.In: ("this", "query", "expressions"),
    exp.Is: _BINARY,
    exp.Escape: _BINARY,
    exp.Like: (*_BINARY, "negate"),
    exp.Any: ("this",),
    exp.Not: ("this",),
    exp.Neg: ("this",),
    exp.Div: (*_BINARY, "typed", "safe"),
    exp.DPipe: (*_BINARY, "safe"),
    exp.Bracket: ("this", "expressions"),
    exp.Slice: _BINARY,
    exp.Case: ("this", "ifs", "default"),
    exp.If: ("this", "true", "false"),
    exp.Cast: ("this", "to"),
    exp.TryCast: ("this", "to", "safe"),
    exp.DataType: ("this", "expressions", "nested"),
    exp.DataTypeParam: ("this",),
    exp.ColumnDef: ("this", "kind"),
    exp.Extract: _BINARY,
    exp.Trim: (*_BINARY, "position"),
    exp.Substring: ("this", "start", "length"),
    exp.StrPosition: ("this", "substr"),
    exp.Exists: ("this",),
}
_EXPRESSIONS |= dict.fromkeys(
    (
        exp.And,
        exp.Or,
        exp.EQ,
        exp.NEQ,
        exp.LT,
        exp.LTE,
        exp.GT,
        exp.GTE,
        exp.Add,
        exp.Sub,
        exp.Mul,
        exp.Mod,
        exp.NullSafeEQ,
        exp.NullSafeNEQ,
    ),
    _BINARY,
)
_QUERIES: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Select: ("expressions", "from_", "joins", "where", "group", "having", "distinct", *_TAIL),
    exp.Subquery: ("this", "alias", *_TAIL),
    exp.Values: ("expressions", "alias", *_TAIL),
    exp.With: ("expressions", "recursive"),
    exp.CTE: ("this", "alias"),
    exp.Alias: ("this", "alias"),
    exp.TableAlias: ("this", "columns"),
    exp.From: ("this",),
    exp.Join: ("this", "side", "kind", "on", "using"),
    exp.Table: ("this", "db", "catalog", "alias"),
    exp.Lateral: ("this", "alias"),
    exp.Unnest: ("expressions", "alias", "offset"),
    exp.Where: ("this",),
    exp.Having: ("this",),
    exp.Group: ("expressions",),
    exp.GroupingSets: ("expressions",),
    exp.Rollup: ("expressions",),
    exp.Cube: ("expressions",),
    exp.Limit: ("expression",),
    exp.Offset: ("expression",),
    exp.Fetch: ("direction", "count", "limit_options"),
    exp.LimitOptions: ("percent", "rows", "with_ties"),
}
_QUERIES |= dict.fromkeys(
    (exp.Union, exp.Except, exp.Intersect),
    (*_BINARY, "distinct", "by_name", "side", "on", *_TAIL),
)
_READ = _CALLS | _EXPRESSIONS | _QUERIES
# Operators of other dialects.
_FOREIGN = (
    exp.BitwiseAnd,
    exp.BitwiseOr,
    exp.BitwiseXor,
    exp.BitwiseNot,
    exp.BitwiseLeftShift,
    exp.BitwiseRightShift,
    exp.RegexpLike,
    exp.RegexpILike,
    exp.ILike,
    exp.SimilarTo,
    exp.Glob,
    exp.IntDiv,
    exp.Struct,
    exp.JSONExtract,
    exp.JSONExtractScalar,
)
_SHOWN = {
    "method": "NATURAL JOIN",
    "qualify": "QUALIFY",
    "match_recognize": "MATCH_RECOGNIZE",
    "windows": "a named WINDOW",
    "sample": "TABLESAMPLE",
    "pivots": "PIVOT",
    "laterals": "LATERAL VIEW",
}


def check(tree: exp.Expr) -> None:
    """Raise QueryError, by name, for what the translation does not read."""
    for node in tree.walk():
        kind = type(node)
        if isinstance(node, _FOREIGN):
            raise QueryError(f"SYNTAX_ERROR: {_name(kind.__name__)} is not Athena's")
        if kind not in _READ:
            raise UntranslatableError(f"{_name(kind.__name__)} runs on Athena only")
        for name, value in node.args.items():
            if value and name not in _READ[kind]:
                shown = _SHOWN.get(name, f"{name.strip('_')} of {_name(kind.__name__)}")
                raise UntranslatableError(f"{shown} runs on Athena only")


def _name(name: str) -> str:
    """A class's name as SQL is written: AtTimeZone is AT TIME ZONE."""
    return " ".join(re.findall("[A-Z]+(?![a-z])|[A-Z][a-z]*", name)).upper()
