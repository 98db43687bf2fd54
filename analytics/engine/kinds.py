"""Trino's types: their names, their implicit conversions, and the DuckDB types that hold them.

An interval is held as a whole number (milliseconds or months), a row as a struct whose fields are
numbered (f0, f1 …), and a timestamp with time zone as its UTC timestamp: only UTC is supported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_WHOLE = ("tinyint", "smallint", "integer", "bigint")
_DIGITS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}
MAX_DIGITS = 38
_TOKEN = re.compile(r"\s*([A-Za-z_]\w*|\d+|[(),])")
_DUCKDB = {
    "unknown": "INTEGER",
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "real": "FLOAT",
    "double": "DOUBLE",
    "varchar": "VARCHAR",
    "parameter": "VARCHAR",
    "char": "VARCHAR",
    "varbinary": "BLOB",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP",
    "json": "JSON",
    "daytime": "BIGINT",
    "yearmonth": "BIGINT",
}
_NAMES = {
    "daytime": "interval day to second",
    "yearmonth": "interval year to month",
    "parameter": "varchar",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A type: a name, its arguments (types or numbers) and, of a row, the fields' names.

    A name of one capital letter is a type variable of a function's signature.
    """

    name: str
    args: tuple[Kind | int, ...] = ()
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Trino's name of the type."""
        if self.name == "timestamptz":
            return f"timestamp({self.args[0]}) with time zone"
        if self.name == "row":
            parts = [
                f"{name} {one}".strip() for name, one in zip(self.fields, self.args, strict=True)
            ]
            return f"row({', '.join(parts)})"
        name = _NAMES.get(self.name, self.name)
        inner = (",", ", ")[self.name == "map"].join(map(str, self.args))
        return f"{name}({inner})" if self.args else name

    @property
    def item(self) -> Kind:
        """The type of an array's elements, or of a map's values."""
        last = self.args[-1]
        assert isinstance(last, Kind)  # noqa: S101  # arrays and maps alone are asked
        return last

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The arguments that are types."""
        return tuple(one for one in self.args if isinstance(one, Kind))

    @property
    def numbers(self) -> tuple[int, ...]:
        """The arguments that are numbers."""
        return tuple(one for one in self.args if isinstance(one, int))

    @property
    def shown(self) -> str:
        """The type of a result's column, as Athena names it there: text without its length."""
        return "varchar" if self.name == "varchar" else str(self)

    @property
    def duckdb(self) -> str:
        """The DuckDB type that holds it."""
        match self.name:
            case "decimal":
                return f"DECIMAL({self.args[0]},{self.args[1]})"
            case "array":
                return f"{self.item.duckdb}[]"
            case "map":
                return f"MAP({', '.join(one.duckdb for one in self.kinds)})"
            case "row":
                parts = (f"f{place} {one.duckdb}" for place, one in enumerate(self.kinds))
                return f"STRUCT({', '.join(parts)})"
            case name:
                return _DUCKDB[name]

    def is_any(self, *names: str) -> bool:
        """Whether the type has one of these names."""
        return self.name in names

    @property
    def is_whole(self) -> bool:
        """Whether it is an integer type."""
        return self.name in _WHOLE

    @property
    def is_number(self) -> bool:
        """Whether it is a number."""
        return self.is_whole or self.name in ("decimal", "real", "double")

    @property
    def is_floating(self) -> bool:
        """Whether it has NaN and infinities."""
        return self.name in ("real", "double")

    @property
    def is_text(self) -> bool:
        """Whether it is varchar, of any length, or a parameter."""
        return self.name in ("varchar", "parameter")

    @property
    def is_orderable(self) -> bool:
        """Whether its values have an order."""
        if self.name in ("array", "row"):
            return all(one.is_orderable for one in self.kinds)
        return self.name not in ("map", "json", "function")


@cache
def kind(text: str) -> Kind:
    """The type of this name, as in `array(decimal(5,2))`; of a signature, with variables."""
    tokens = _TOKEN.findall(text)
    found = _read(tokens)
    assert not tokens, text  # noqa: S101  # our own signatures
    return found


def _read(tokens: list[str]) -> Kind:
    name = tokens.pop(0)
    args: list[Kind | int] = []
    if tokens and tokens[0] == "(":
        while tokens.pop(0) != ")":
            args.append(int(tokens.pop(0)) if tokens[0].isdigit() else _read(tokens))
    if name in ("timestamp", "timestamptz", "time") and not args:
        args = [3]
    return Kind(name, tuple(args))


UNKNOWN, BOOLEAN, INTEGER, BIGINT = map(Kind, ("unknown", "boolean", "integer", "bigint"))
DOUBLE, REAL, VARCHAR, DATE, JSON = map(Kind, ("double", "real", "varchar", "date", "json"))
VARBINARY, DAYTIME, YEARMONTH = map(Kind, ("varbinary", "daytime", "yearmonth"))
PARAMETER = Kind("parameter")
TIMESTAMP = Kind("timestamp", (3,))


def decimal(digits: int, scale: int) -> Kind:
    """A decimal type, at most as wide as the widest."""
    return Kind("decimal", (min(digits, MAX_DIGITS), scale))


def array(item: Kind) -> Kind:
    """An array type."""
    return Kind("array", (item,))


def as_decimal(one: Kind) -> Kind:
    """The decimal type that holds every value of an integer or decimal type."""
    return one if one.name == "decimal" else decimal(_DIGITS[one.name], 0)


def common(one: Kind, other: Kind) -> Kind | None:  # noqa: C901, PLR0911  # the whole table
    """The type to which both are converted implicitly, or None."""
    if one == other or other.name == "unknown":
        return one
    if one.name == "unknown":
        return other
    if "parameter" in (one.name, other.name):
        given = other if one.name == "parameter" else one
        return VARCHAR if given.name == "varchar" else given
    if one.is_number and other.is_number:
        return _common_number(one, other)
    names = {one.name, other.name}
    if names == {"varchar"}:
        if one.args and other.args:
            return Kind("varchar", (max(one.numbers + other.numbers),))
        return VARCHAR
    if names <= {"char", "varchar"}:
        return Kind("char", (max(one.numbers + other.numbers),))
    if names <= {"date", "timestamp", "timestamptz"}:
        widest = max(one.numbers + other.numbers, default=0)
        return Kind("timestamptz" if "timestamptz" in names else "timestamp", (widest,))
    if names == {"time"}:
        return Kind("time", (max(one.numbers + other.numbers),))
    if len(names) == 1 and one.name in ("array", "map", "row") and len(one.args) == len(other.args):
        parts = [common(*pair) for pair in zip(one.kinds, other.kinds, strict=True)]
        found = tuple(part for part in parts if part is not None)
        if len(found) < len(parts):
            return None
        fields = tuple(a if a == b else "" for a, b in zip(one.fields, other.fields, strict=True))
        return Kind(one.name, found, fields)
    return None


def _common_number(one: Kind, other: Kind) -> Kind:
    names = {one.name, other.name}
    for name in ("double", "real"):
        if name in names:
            return Kind(name)
    if "decimal" not in names:
        return max(one, other, key=lambda each: _WHOLE.index(each.name))
    (p, s), (q, t) = as_decimal(one).numbers, as_decimal(other).numbers
    scale = max(s, t)
    return decimal(max(p - s, q - t) + scale, scale)


def converts(one: Kind, to: Kind) -> bool:
    """Whether `one` is converted to `to` implicitly."""
    if to.name == "varchar" and not to.args and one.name in ("varchar", "parameter"):
        return True
    if to.name in ("timestamp", "timestamptz", "time") and one.name == to.name:
        return True  # of a signature: any precision
    if to.name == "char" and not to.args:
        return one.name == "char"
    if to.name == "decimal" and not to.args:
        return one.is_whole or one.name in ("decimal", "unknown")
    return common(one, to) == to
