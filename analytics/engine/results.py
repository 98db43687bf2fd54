"""Query results with Athena's column names and types, and their output formats."""

from __future__ import annotations

import io
import json
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tabulate import tabulate

from analytics.engine.kinds import Kind

_WIDEST = 60
# From the one to below the other, Java writes a double without an exponent.
_JAVA_PLAIN = (1e-3, 1e7)


def held(rows: Sequence[tuple[Any, ...]], kinds: Sequence[Kind]) -> tuple[tuple[Any, ...], ...]:
    """DuckDB's values as Athena's: intervals and times with a zone as text."""
    if all(_is_plain(kind) for kind in kinds):
        return tuple(rows)
    return tuple(
        tuple(_value(value, kind) for value, kind in zip(row, kinds, strict=True)) for row in rows
    )


def _is_plain(kind: Kind) -> bool:
    special = ("daytime", "yearmonth", "timestamptz", "row", "map", "real")
    return not kind.is_any(*special) and all(map(_is_plain, kind.kinds))


def _same(one: float, other: float) -> bool:
    return struct.pack("f", one) == struct.pack("f", other)


def _value(value: Any, kind: Kind) -> Any:  # noqa: ANN401, PLR0911  # any column value
    if value is None:
        return None
    match kind.name:
        case "daytime":
            sign, left = ("-" if value < 0 else ""), abs(value)
            seconds, ms = divmod(left, 1000)
            minutes, seconds = divmod(seconds, 60)
            hours, minutes = divmod(minutes, 60)
            days, hours = divmod(hours, 24)
            return f"{sign}{days} {hours:02d}:{minutes:02d}:{seconds:02d}.{ms:03d}"
        case "yearmonth":
            years, months = divmod(abs(value), 12)
            return f"{'-' if value < 0 else ''}{years}-{months}"
        case "real":
            # The shortest number that is this one, as Java prints it.
            return next(
                (
                    near
                    for near in (float(f"{value:.{n}g}") for n in range(6, 9))
                    if _same(near, value)
                ),
                value,
            )
        case "timestamptz":
            return f"{_text(value)} UTC"
        case "array":
            return [_value(one, kind.item) for one in value]
        case "map":
            one, other = kind.kinds
            return {_value(key, one): _value(held, other) for key, held in value.items()}
        case "row":
            parts = [_value(value[f"f{place}"], part) for place, part in enumerate(kind.kinds)]
            names = [name or f"field{place}" for place, name in enumerate(kind.fields)]
            return dict(zip(names, parts, strict=True))
        case _:
            return value


@dataclass(frozen=True, slots=True)
class Result:
    """Rows with the names and Athena types of their columns."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names."""
        return tuple(name for name, _ in self.columns)

    def dicts(self) -> list[dict[str, Any]]:
        """The rows by column name."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]

    def as_table(self) -> str:
        """For a terminal: one line per row, long texts truncated."""
        cells = [[_cut(_text(value)) for value in row] for row in self.rows]
        aligned = ["right" if _is_number(kind) else "left" for _, kind in self.columns]
        table = tabulate(
            cells, self.names, disable_numparse=True, colalign=aligned if cells else ()
        )
        return f"{table}\n({len(cells)} row{'' if len(cells) == 1 else 's'})"

    def as_csv(self) -> str:
        """As Athena writes results to S3: every value quoted, null as an empty field.

        Unlike there, an apostrophe precedes text that a spreadsheet would take for a formula.
        """
        out = io.StringIO()
        for row in (self.names, *self.rows):
            out.write(",".join("" if value is None else _quoted(_harmless(value)) for value in row))
            out.write("\n")
        return out.getvalue()

    def as_json(self) -> str:
        """An array of objects; times as Athena prints them, NaN and infinity as null."""
        rows = [{name: _plain(value) for name, value in row.items()} for row in self.dicts()]
        return json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False)


def _harmless(value: Any) -> str:  # noqa: ANN401  # any column value
    text = _text(value)
    # OWASP, "CSV Injection". A report's text may begin like this; a number may be negative.
    is_formula = isinstance(value, str) and text.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    return f"'{text}" if is_formula else text


def _quoted(text: str) -> str:
    # The csv module can distinguish null from an empty string only from Python 3.12 on.
    return '"' + text.replace('"', '""') + '"'


def _text(value: Any) -> str:  # noqa: ANN401, PLR0911  # any column value
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03d}"
        case float():
            return _double(value)
        case Decimal():
            return f"{value:f}"
        case list():
            return f"[{', '.join(_inner(one) for one in value)}]"
        case dict():
            inner = (f"{_inner(name)}={_inner(one)}" for name, one in value.items())
            return f"{{{', '.join(inner)}}}"
        case bytes():
            return value.hex(" ")
        case _:
            return str(value)


def _inner(value: Any) -> str:  # noqa: ANN401  # any value of an array, a map or a row
    return "null" if value is None else _text(value)


def _double(value: float) -> str:
    """As Java prints it: 1.0E10, 1.0E-5, NaN, -Infinity, and the shortest digits otherwise."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    if value == 0 or _JAVA_PLAIN[0] <= abs(value) < _JAVA_PLAIN[1]:
        return f"{Decimal(repr(value)):f}"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    shown = "".join(map(str, digits))
    power = len(digits) - 1 + int(exponent)
    return f"{'-' if sign else ''}{shown[0]}.{shown[1:] or '0'}E{power}"


def _plain(value: Any) -> Any:  # noqa: ANN401, PLR0911  # whatever a column holds
    match value:
        case bool() | int() | str() | None:
            return value
        case float():
            return value if math.isfinite(value) else None
        case Decimal():
            return float(value)
        case list():
            return [_plain(one) for one in value]
        case dict():
            return {str(name): _plain(one) for name, one in value.items()}
        case datetime() | date() | bytes():
            return _text(value)
        case _:
            return str(value)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 1]}…"


def _is_number(kind: str) -> bool:
    return (
        kind.startswith(("double", "real", "decimal")) or kind.endswith("int") or kind == "integer"
    )
