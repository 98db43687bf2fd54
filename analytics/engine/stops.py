"""Where Athena stops with an error, DuckDB's SQL calls `error` with Athena's words, marked.

The mark tells them from DuckDB's own messages, which may quote a value, which is report text.
"""

from __future__ import annotations

import re

from analytics.errors import QueryError, UntranslatableError

_MARKED = re.compile(r"<athena>([^<]*)</athena>")
_ELSEWHERE = "ELSEWHERE: "


def marked(message: str) -> str:
    """The message as a text literal, marked."""
    return "'<athena>" + message.replace("'", "''").replace("<", "") + "</athena>'"


def stop_of(message: str) -> QueryError | None:
    """The error that DuckDB's message holds, or None if it is DuckDB's own."""
    found = _MARKED.search(message)
    if found is None:
        return None
    said = found[1]
    if said.startswith(_ELSEWHERE):
        return UntranslatableError(f"{said.removeprefix(_ELSEWHERE)} runs on Athena only")
    return QueryError(said)
