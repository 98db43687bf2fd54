"""CloudFormation's short forms, and the type names of each service."""

from __future__ import annotations

from typing import Any

from analytics.schema import TRINO

Resource = dict[str, Any]

HIVE = {trino: hive for hive, trino in TRINO.items()}
_QUICKSIGHT = {
    "varchar": "STRING",
    "double": "DECIMAL",
    "integer": "INTEGER",
    "bigint": "INTEGER",
    "boolean": "BIT",
    "timestamp(3)": "DATETIME",
    "date": "DATETIME",
}


def ref(name: str) -> Resource:
    """`!Ref`."""
    return {"Ref": name}


def sub(text: str) -> Resource:
    """`!Sub`."""
    return {"Fn::Sub": text}


def att(name: str, attribute: str) -> Resource:
    """`!GetAtt`."""
    return {"Fn::GetAtt": [name, attribute]}


def logical(prefix: str, name: str) -> str:
    """A logical id: letters and digits only."""
    return prefix + "".join(part.capitalize() for part in name.split("_"))


def quicksight_columns(columns: list[tuple[str, str]]) -> list[Resource]:
    """The input columns of a data set, without arrays: QuickSight has no such type."""
    found = []
    for name, kind in columns:
        if kind in _QUICKSIGHT:
            more = {"SubType": "FLOAT"} if kind == "double" else {}
            found.append({"Name": name, "Type": _QUICKSIGHT[kind], **more})
    return found
