"""Translates expressions: names and types are resolved as Trino does it, then DuckDB's SQL written.

What has no rule here is refused by name: nothing passes through unread.
"""

from __future__ import annotations

from sqlglot import exp

from analytics.engine import casts, operators
from analytics.engine.casts import implicit
from analytics.engine.functions.model import Typed
from analytics.engine.kinds import (
    BIGINT,
    BOOLEAN,
    UNKNOWN,
    Kind,
    array,
    common,
)
from analytics.engine.literals import MOST_BIGINT, Literals
from analytics.engine.names import Names
from analytics.engine.predicates import SIGNS, Predicates
from analytics.engine.typenames import kind_of
from analytics.errors import QueryError, UntranslatableError

_ARITHMETIC: dict[type[exp.Expr], str] = {
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%",
}  # fmt: skip
_FIELDS = (
    "year", "quarter", "month", "week", "day", "day_of_month", "day_of_week", "dow", "day_of_year",
    "doy", "year_of_week", "yow", "hour", "minute", "second", "timezone_hour", "timezone_minute",
)  # fmt: skip


class Expressions(Predicates, Names, Literals):
    """Translates the expressions of one query."""

    def compile(self, node: exp.Expr) -> Typed:
        """The SQL and type of an expression.

        Raises:
            QueryError: Athena rejects it too, in its words, with line and column.
            UntranslatableError: Athena accepts it, but the local engine does not.
        """
        around, self.scope.loose = self.scope.loose, set()
        found = self._compile(node)
        # What equals a grouping column is grouped, whatever is in it.
        inner = set() if found.sql in self.groups else self.scope.loose
        self.scope.loose = around | inner
        return found

    def _compile(self, node: exp.Expr) -> Typed:
        rule = _RULES.get(type(node))
        if rule is not None:
            found: Typed = getattr(self, rule)(node)
            return found
        if type(node) in SIGNS:
            return self._comparison(node)
        if type(node) in _ARITHMETIC:
            return self._arithmetic(node)
        name = node.sql_name() if isinstance(node, exp.Func) else type(node).__name__
        raise UntranslatableError(f"{name.lower()} runs on Athena only")

    def condition(self, node: exp.Expr, clause: str) -> str:
        """SQL of an expression that must be boolean."""
        found = self.compile(node)
        if not found.kind.is_any("boolean", "unknown"):
            message = f"{clause} must evaluate to a boolean: actual type {found.kind}"
            raise self.source.error("TYPE_MISMATCH", node, message)
        return implicit(found, BOOLEAN)

    # Values

    def unified(self, parts: list[exp.Expr], what: str) -> tuple[list[str], Kind]:
        """The SQL of values that must have one type, and that type."""
        values = [self.compile(part) for part in parts]
        kind = UNKNOWN
        for part, value in zip(parts, values, strict=True):
            wider = common(kind, value.kind)
            if wider is None:
                message = f"{what}: {kind}, {value.kind}"
                raise self.source.error("TYPE_MISMATCH", part, message)
            kind = wider
        return [implicit(value, kind) for value in values], kind

    def _array(self, node: exp.Expr) -> Typed:
        values, kind = self.unified(node.expressions, "All ARRAY elements must be the same type")
        inner = f"[{', '.join(values)}]"
        return Typed(f"CAST({inner} AS {array(kind).duckdb})", array(kind))

    def row(self, parts: list[exp.Expr]) -> Typed:
        """A row without field names."""
        values = [self.compile(part) for part in parts]
        packed = ", ".join(f"f{place} := {one.sql}" for place, one in enumerate(values))
        kinds = tuple(one.kind for one in values)
        return Typed(f"struct_pack({packed})", Kind("row", kinds, ("",) * len(kinds)))

    def _tuple(self, node: exp.Expr) -> Typed:
        return self.row(node.expressions)

    # Operators

    def _arithmetic(self, node: exp.Expr) -> Typed:
        sign = _ARITHMETIC[type(node)]
        one, other = self.compile(node.this), self.compile(node.expression)
        found = operators.arithmetic(sign, one, other, self.fail)
        if found is None:
            raise self.cannot(node, one, sign, other)
        return found

    def _negative(self, node: exp.Expr) -> Typed:
        if isinstance(node.this, exp.Literal) and str(node.this.this) == str(MOST_BIGINT + 1):
            return Typed(f"({-MOST_BIGINT}::BIGINT - 1::BIGINT)", BIGINT)
        one = self.compile(node.this)
        if not (one.kind.is_number or one.kind.is_any("daytime", "yearmonth", "unknown")):
            message = f"Cannot negate {one.kind}"
            raise self.source.error("TYPE_MISMATCH", node, message)
        return Typed(f"(-{one.sql})", one.kind)

    def _joined(self, node: exp.Expr) -> Typed:
        one, other = self.compile(node.this), self.compile(node.expression)
        if "char" in (one.kind.name, other.kind.name):
            raise UntranslatableError("|| of char(n) runs on Athena only")
        found = operators.joined(one, other)
        if found is None:
            message = f"Unexpected parameters ({one.kind}, {other.kind}) for function concat"
            raise self.source.error("TYPE_MISMATCH", node, message, "||")
        return found

    def _subscript(self, node: exp.Expr) -> Typed:
        if len(node.expressions) != 1 or isinstance(node.expressions[0], exp.Slice):
            raise self.source.error("SYNTAX_ERROR", node, "a subscript is one value")
        one, at = self.compile(node.this), self.compile(node.expressions[0])
        code = "INVALID_FUNCTION_ARGUMENT"
        if one.kind.name == "array" and at.kind.is_any("bigint", "integer", "smallint", "tinyint"):
            kind = one.kind.item
            low = self.fail(f"{code}: SQL array indices start at 1", kind)
            beyond = self.fail(
                f"{code}: Array subscript must be less than or equal to array length", kind
            )
            sql = (
                f"CASE WHEN {at.sql} < 1 THEN {low} WHEN {at.sql} > len({one.sql}) THEN {beyond} "
                f"ELSE list_extract({one.sql}, {at.sql}) END"
            )
            return Typed(sql, kind)
        if one.kind.name == "map" and common(at.kind, one.kind.kinds[0]) == one.kind.kinds[0]:
            key = implicit(at, one.kind.kinds[0])
            missing = self.fail(f"{code}: Key not present in map", one.kind.item)
            keys = f"map_keys({one.sql})"
            return Typed(
                f"CASE WHEN NOT list_contains({keys}, {key}) THEN {missing} "
                f"ELSE map_extract_value({one.sql}, {key}) END",
                one.kind.item,
            )
        literal = at.sql.removesuffix("::INTEGER")
        if one.kind.name == "row" and literal.isdigit() and 0 < int(literal) <= len(one.kind.args):
            place = int(literal) - 1
            return Typed(f"struct_extract({one.sql}, 'f{place}')", one.kind.kinds[place])
        message = f"Cannot use {at.kind} for subscript of {one.kind}"
        raise self.source.error("TYPE_MISMATCH", node, message)

    # Conditions and casts

    def _case(self, node: exp.Expr) -> Typed:
        subject = self.compile(node.this) if node.this is not None else None
        whens = []
        for one in node.args["ifs"]:
            if subject is None:
                whens.append(self.condition(one.this, "CASE WHEN clause"))
            else:
                value = self.compile(one.this)
                whens.append(self.compared(one.this, "=", subject, value))
        results = [one.args["true"] for one in node.args["ifs"]]
        default = node.args.get("default")
        results += [default] if default is not None else []
        values, kind = self.unified(results, "All CASE results must be the same type")
        parts = [f"WHEN {when} THEN {value}" for when, value in zip(whens, values, strict=False)]
        ending = f" ELSE {values[-1]}" if default is not None else ""
        return Typed(f"CASE {' '.join(parts)}{ending} END", kind)

    def _if(self, node: exp.Expr) -> Typed:
        when = self.condition(node.this, "IF condition")
        false = node.args.get("false")
        parts = [node.args["true"], *([false] if false is not None else [])]
        values, kind = self.unified(parts, "Result types for IF must be the same")
        ending = f" ELSE {values[1]}" if false is not None else ""
        return Typed(f"CASE WHEN {when} THEN {values[0]}{ending} END", kind)

    def _cast(self, node: exp.Expr) -> Typed:
        target = node.args["to"]
        is_text = isinstance(node.this, exp.Literal) and node.this.is_string
        if is_text and target.this == exp.DataType.Type.DECIMAL and not target.expressions:
            raise UntranslatableError("a decimal of text needs its digits: decimal(p, s)")
        to = kind_of(target)
        text = node.this.name if isinstance(node.this, exp.Literal) else ""
        if to.name == "timestamptz" and is_text:
            if not text.endswith(" UTC"):
                raise UntranslatableError("a time zone other than UTC runs on Athena only")
            plain = Kind("timestamp", to.args)
            value = Typed(f"'{text.removesuffix(' UTC')}'::VARCHAR", Kind("varchar"))
            return Typed(casts.cast(value, plain, self.fail, safe=False), to)
        safe = isinstance(node, exp.TryCast)
        one = self.compile(node.this)
        try:
            return Typed(casts.cast(one, to, self.fail, safe=safe), to)
        except UntranslatableError:
            raise
        except QueryError as error:
            code, _, message = str(error).partition(": ")
            raise self.source.error(code, node, message) from None

    # Functions with a grammar of their own

    def _extract(self, node: exp.Expr) -> Typed:
        name = node.this.name.lower()
        if name not in _FIELDS:
            raise self.source.error("SYNTAX_ERROR", node, f"Invalid EXTRACT field: {name}")
        return self.call(node, name, [node.expression])

    def _trim(self, node: exp.Expr) -> Typed:
        side = (node.args.get("position") or "BOTH").upper()
        name = {"BOTH": "trim", "LEADING": "ltrim", "TRAILING": "rtrim"}[side]
        characters = node.args.get("expression")
        return self.call(node, name, [node.this, *([characters] if characters else [])])

    def _substring(self, node: exp.Expr) -> Typed:
        rest = [one for name in ("start", "length") if (one := node.args.get(name)) is not None]
        return self.call(node, "substring", [node.this, *rest])

    def _position(self, node: exp.Expr) -> Typed:
        return self.call(node, "strpos", [node.this, node.args["substr"]])

    def _paren(self, node: exp.Expr) -> Typed:
        return self.compile(node.this)

    # Subqueries

    def _subquery(self, node: exp.Expr) -> Typed:
        sql, kind = self.column_of(node)
        return Typed(f"({sql})", kind)

    def _exists(self, node: exp.Expr) -> Typed:
        sql, _ = self.query_of(node.this)
        return Typed(f"EXISTS ({sql})", BOOLEAN)


# By node: the method that translates it.
_RULES: dict[type[exp.Expr], str] = {
    exp.Literal: "_literal",
    exp.Boolean: "_boolean",
    exp.Null: "_null",
    exp.HexString: "_hex",
    exp.Placeholder: "_placeholder",
    exp.Interval: "_interval",
    exp.Array: "_array",
    exp.Tuple: "_tuple",
    exp.Column: "_column",
    exp.Identifier: "_identifier",
    exp.Dot: "_dot",
    exp.Paren: "_paren",
    exp.NullSafeEQ: "_distinct",
    exp.NullSafeNEQ: "_distinct",
    exp.Between: "_between",
    exp.In: "_in",
    exp.Is: "_is",
    exp.Escape: "_escape",
    exp.Like: "_like",
    exp.And: "_connected",
    exp.Or: "_connected",
    exp.Not: "_not",
    exp.Neg: "_negative",
    exp.DPipe: "_joined",
    exp.Bracket: "_subscript",
    exp.Case: "_case",
    exp.If: "_if",
    exp.TryCast: "_cast",
    exp.Cast: "_cast",
    exp.Extract: "_extract",
    exp.Trim: "_trim",
    exp.Substring: "_substring",
    exp.StrPosition: "_position",
    exp.Exists: "_exists",
    exp.Subquery: "_subquery",
    exp.Anonymous: "function",
    exp.GroupConcat: "listagg",
    exp.Filter: "filtered",
    exp.Window: "windowed",
}
