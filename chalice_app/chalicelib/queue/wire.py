"""Messages and stored plans as JSON, with the field names of this release and the previous one.

Both names are written and either is read, so that functions of both releases can read each
other's messages during a deployment. The release after 0.1 removes the old names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

# Current name → the name in releases before 0.1.
OLD_NAMES = {"rerun_token": "again", "batch_folder": "night"}


def encode(value: msgspec.Struct) -> bytes:
    """Encode a struct as JSON, each renamed field under both of its names."""
    fields: dict[str, Any] = msgspec.to_builtins(value)
    old = {OLD_NAMES[name]: fields[name] for name in OLD_NAMES if name in fields}
    return msgspec.json.encode(fields | old)


def with_new_names(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same fields under the names of this release.

    Raises:
        ValueError: the two names of a field have different values.
    """
    renamed = dict(fields)
    for new, old in OLD_NAMES.items():
        if old in renamed and renamed.setdefault(new, renamed[old]) != renamed.pop(old):
            raise ValueError(f"{new} and {old} differ")
    return renamed
