"""docs/tables.md: tables, views and queries for analysts, from tables.py and sql/."""

from __future__ import annotations

from analytics import sql
from analytics.tables import PARTITION, TABLES, TRINO, Table

_HEAD = f"""# Tables, views and queries

Written by `python -m analytics build`; change `analytics/tables.py` and `analytics/sql/` instead.

The lake is JSON Lines, gzip, an object a table and chunk:
`lake/<table>/dt=YYYY-MM-DD/<object>.jsonl.gz`. `{PARTITION}` (date) is the partition: the UTC day
on which the landing object was written; name it in a WHERE and Athena reads those days only. All
times are UTC. Read the views, not the tables: a file that is sent twice stays one in the views.
"""


def document() -> str:
    """The whole page."""
    parts = [_HEAD, "## Views\n", _statements(sql.views())]
    parts += ["\n## Named queries\n", _statements(sql.queries()), "\n## Tables\n"]
    parts += [_table(table) for table in TABLES.values()]
    return "\n".join(parts)


def _statements(found: dict[str, sql.Statement]) -> str:
    lines = ["| name | answers |", "|---|---|"]
    for name, one in found.items():
        parameters = f" Parameters: {', '.join(one.parameters)}." if one.parameters else ""
        lines.append(f"| `{name}` | {one.question}{parameters} |")
    return "\n".join(lines)


def _table(table: Table) -> str:
    lines = [
        f"### {table.name}\n",
        f"{table.comment}\n",
        "| column | type | meaning |",
        "|---|---|---|",
    ]
    for one in table.columns:
        may = "; may be null" if one.optional else ""
        lines.append(f"| `{one.name}` | {TRINO[one.kind]} | {one.comment}{may} |")
    return "\n".join(lines) + "\n"
