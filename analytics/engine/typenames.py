"""The types of CAST, as sqlglot reads them, in Trino's names."""

from __future__ import annotations

from sqlglot import exp

from analytics.engine.kinds import MAX_DIGITS, Kind, array, decimal
from analytics.errors import QueryError, UntranslatableError

_T = exp.DataType.Type
_PLAIN = {
    _T.BOOLEAN: "boolean",
    _T.TINYINT: "tinyint",
    _T.SMALLINT: "smallint",
    _T.INT: "integer",
    _T.BIGINT: "bigint",
    _T.FLOAT: "real",
    _T.DOUBLE: "double",
    _T.DATE: "date",
    _T.JSON: "json",
    _T.VARBINARY: "varbinary",
}
_TIMES = {
    _T.TIMESTAMP: "timestamp",
    _T.TIMESTAMPTZ: "timestamptz",
    _T.TIME: "time",
}


def kind_of(node: exp.Expr) -> Kind:  # noqa: PLR0911  # the whole table
    """The type; raises UntranslatableError for one that the local engine lacks."""
    given = node.expressions
    numbers = [int(one.name) for one in given if isinstance(one, exp.DataTypeParam)]
    if node.this in _PLAIN:
        return Kind(_PLAIN[node.this])
    if node.this in _TIMES:
        return Kind(_TIMES[node.this], (numbers[0] if numbers else 3,))
    match node.this:
        case _T.VARCHAR | _T.TEXT:
            return Kind("varchar", tuple(numbers))
        case _T.CHAR:
            return Kind("char", tuple(numbers) or (1,))
        case _T.DECIMAL:
            digits, scale = [*numbers, MAX_DIGITS, 0][:2] if len(numbers) != 1 else (*numbers, 0)
            if not 0 < digits <= MAX_DIGITS or scale > digits:
                raise QueryError(f"INVALID_FUNCTION_ARGUMENT: decimal({digits},{scale}) is no type")
            return decimal(digits, scale)
        case _T.ARRAY:
            return array(kind_of(given[0]))
        case _T.MAP:
            return Kind("map", (kind_of(given[0]), kind_of(given[1])))
        case _T.STRUCT:
            return _row(given)
    raise UntranslatableError(f"the type {node.sql(dialect='trino').lower()} runs on Athena only")


def _row(fields: list[exp.Expr]) -> Kind:
    kinds, names = [], []
    for one in fields:
        named = isinstance(one, exp.ColumnDef)
        kinds.append(kind_of(one.args["kind"] if named else one))
        names.append(one.name.lower() if named else "")
    return Kind("row", tuple(kinds), tuple(names))
