"""What names stand for: columns, fields of rows, and the arguments of lambdas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from analytics.engine.calls import Calls
from analytics.engine.functions.model import Typed
from analytics.errors import UntranslatableError

if TYPE_CHECKING:
    from analytics.engine.scope import Field, Scope

_KEYWORDS = (
    "current_catalog", "current_date", "current_schema", "current_time", "current_timestamp",
    "current_user", "localtime", "localtimestamp",
)  # fmt: skip


class Names(Calls):
    """The names of a query's expressions."""

    def _column(self, node: exp.Column) -> Typed:
        if isinstance(node.this, exp.Star):
            raise self.source.error("SYNTAX_ERROR", node, "a star is a column of its own")
        parts = [one.name.lower() for one in node.parts]
        if len(parts) == 1:
            if node.name.startswith("$"):
                raise UntranslatableError(f'"{node.name}" exists only on Athena')
            if parts[0] in self.lambdas:
                return self.lambdas[parts[0]]
            if parts[0] in _KEYWORDS and not node.this.args.get("quoted"):
                return self.call(node, parts[0], [])
        return self.resolve(node, parts)

    def _identifier(self, node: exp.Expr) -> Typed:
        name = node.name.lower()
        return self.lambdas.get(name) or self.resolve(node, [name])

    def resolve(self, node: exp.Expr, parts: list[str]) -> Typed:
        """The column that the parts of a name stand for: [relation,] column, fields of rows."""
        scope: Scope | None = self.scope
        while scope is not None:
            for used in (2, 1, 3, 4):
                if len(parts) < used:
                    continue
                of = parts[used - 2] if used > 1 else None
                found = scope.find(parts[used - 1], of)
                if len(found) > 1:
                    message = f"Column '{'.'.join(parts[:used])}' is ambiguous"
                    raise self.source.error("AMBIGUOUS_NAME", node, message)
                if found:
                    value = self._seen(found[0], scope)
                    for name in parts[used:]:
                        value = self.dereference(node, value, name)
                    return value
            scope = scope.outer
        message = (
            f"Column '{'.'.join(parts)}' cannot be resolved or requester is not authorized to "
            "access requested resources"
        )
        raise self.source.error("COLUMN_NOT_FOUND", node, message)

    @staticmethod
    def _seen(field: Field, scope: Scope) -> Typed:
        scope.loose.add(field.sql)
        return Typed(field.sql, field.kind)

    def dereference(self, node: exp.Expr, value: Typed, name: str) -> Typed:
        """A field of a row."""
        if value.kind.name != "row":
            message = f"Expression {name} is not of type ROW"
            raise self.source.error("TYPE_MISMATCH", node, message)
        fields = [one.lower() for one in value.kind.fields]
        if name not in fields:
            raise self.source.error("COLUMN_NOT_FOUND", node, f"Field '{name}' cannot be resolved")
        place = fields.index(name)
        return Typed(f"struct_extract({value.sql}, 'f{place}')", value.kind.kinds[place])

    def _dot(self, node: exp.Expr) -> Typed:
        return self.dereference(node, self.compile(node.this), node.expression.name.lower())
