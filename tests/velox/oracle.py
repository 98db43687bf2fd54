"""Evaluates scalar expressions with Velox; runs in the environment `velox` alone.

Reads a JSON list of expressions on stdin, and writes one line of JSON for each: {"value": …},
{"error": …} where Velox refuses, or {} where the expression ended its process: then it gave no
answer. Each has a process of its own.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import sys
from typing import Any

import pyarrow as pa
from pyvelox.arrow import to_arrow, to_velox
from pyvelox.plan_builder import PlanBuilder
from pyvelox.runner import LocalRunner, register_hive


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, dt.date):
        return {"date": str(value)}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def evaluated(one: Any, expression: str) -> dict[str, Any]:
    """The answer for one expression."""
    try:
        plan = PlanBuilder().values([one]).project([f"{expression} as r"])
        rows = [
            row["r"]
            for vector in LocalRunner(plan.get_plan_node()).execute()
            for row in to_arrow(vector).to_pylist()
        ]
    except Exception as error:  # noqa: BLE001  # whatever it says, it refuses
        return {"error": str(error)[:300]}
    return {"value": plain(rows[0])}


def main() -> None:
    """Answer all expressions."""
    register_hive()
    one = to_velox(pa.record_batch([pa.array([1])], names=["x"]))
    for expression in json.load(sys.stdin):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            os.write(write, json.dumps(evaluated(one, expression)).encode()[:65_000])
            os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        print(said.decode() or "{}", flush=True)


if __name__ == "__main__":
    main()
