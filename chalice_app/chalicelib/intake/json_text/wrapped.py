"""An object around the list of records, such as `{"records": [...], "count": 2}`."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.intake.json_text.tokens import LIST_OF_OBJECTS, MEMBER_NAME, MEMBER_VALUE, SPACE

# Names of the list, in any case. Those of APIs, of DynamoDB's and of OData's answers.
LIST_NAMES = frozenset(
    {b"records", b"items", b"data", b"reports", b"results", b"studies", b"rows", b"value"}
)
# The members before the list: a count, a token for the next page.
LONGEST_PREFIX = 1 << 16


def list_begins(text: bytes) -> int | None:
    """The position just after the bracket of the wrapped list, if `text` begins with a wrapper.

    Only the first LONGEST_PREFIX bytes are looked at. An object that has `findings` before the
    list is a record.
    """
    at = SPACE.match(text).end()  # type: ignore[union-attr]  # it matches the empty string
    if text[at : at + 1] != b"{":
        return None
    at += 1
    while (name := MEMBER_NAME.match(text, at, LONGEST_PREFIX)) is not None:
        key, at = name[1][1:-1], name.end()
        if key in {b"findings", b"resourceType"}:
            return None
        opened = LIST_OF_OBJECTS.match(text, at)
        if opened is not None:
            return opened.end() if key.lower() in LIST_NAMES else None
        value = MEMBER_VALUE.match(text, at, LONGEST_PREFIX)
        if value is None:
            return None
        at = value.end()
    return None


def is_wrapper(values: dict[str, Any]) -> bool:
    """Whether a whole object is no record, and its only list of objects has a known name."""
    lists = [name for name, value in values.items() if is_list_of_objects(value)]
    named = [name for name, value in values.items() if name.lower().encode() in LIST_NAMES]
    empty = not lists and any(values[name] == [] for name in named)
    return "findings" not in values and (empty or (len(lists) == 1 and lists[0] in named))


def is_list_of_objects(value: object) -> bool:
    """Whether a value may be a list of records."""
    return isinstance(value, list) and any(isinstance(element, dict) for element in value)


def may_follow(text: bytes) -> bool:
    """Whether the members after the list, with the closing bracket, belong to a wrapper."""
    try:
        values = json.loads(b"{" + text.lstrip(b" \t\r\n,"), strict=False)
    except (ValueError, RecursionError):
        return False
    return "findings" not in values and not any(map(is_list_of_objects, values.values()))
