"""Damages FHIR documents, in their bytes and in their structure, the same way for each seed."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

from tests.fuzz.__main__ import CORPUS

SEEDS = sorted((CORPUS / "fhir").iterdir())
TOKENS = (
    *(b'"', b"{", b"}", b"[", b"]", b",", b":", b"null", b"7", b"true", b"[[[[", b"\n", b"\xff"),
    *(b'"resourceType"', b'"DiagnosticReport"', b'"Bundle"', b'"entry"', b'"resource"', b'"id"'),
    *(b"\\u0000", b"\\ud800", b"<p>", b"&lt;", b'"#f"', b"FINDINGS:", b"IMPRESSION:"),
)
VALUES: tuple[Any, ...] = (
    *(None, 7, 1.5, True, "", [], {}, [None], {"a": 1}, "Zqxcanary", "final", "cancelled", "#f"),
    *("Observation/1", "FINDINGS: a\nIMPRESSION: Zqxcanary", "<p>Zqxcanary</p>"),
)
NAMES = ("id", "findings", "status", "text", "valueString", "result", "contained", "resource")


def damaged_bytes(draw: random.Random) -> bytes:
    """A kept input of the fuzzer with a few bytes removed, replaced, or put in."""
    made = bytearray(draw.choice(SEEDS).read_bytes())
    for _ in range(draw.randint(1, 6)):
        start = draw.randrange(len(made) + 1)
        stop = start + draw.choice((0, 1, draw.randrange(40)))
        other = draw.choice(SEEDS).read_bytes()
        place = draw.randrange(len(other))
        made[start:stop] = draw.choice(
            (b"", draw.choice(TOKENS), draw.randbytes(1), other[place : place + 100])
        )
    return bytes(made)


def damaged_structure(draw: random.Random) -> bytes:
    """A kept input with a few values replaced, removed, wrapped, or put under another name."""
    value = json.loads(draw.choice([one for one in SEEDS if one.name != "damaged"]).read_bytes())
    for _ in range(draw.randint(1, 4)):
        node = value
        while isinstance(node, (dict, list)) and node:
            key = draw.choice(list(node) if isinstance(node, dict) else range(len(node)))
            if isinstance(node[key], (dict, list)) and draw.random() < 0.65:
                node = node[key]
                continue
            change = draw.randrange(5)
            if change == 0:
                del node[key]
            elif change == 1 and isinstance(node, dict):
                node[draw.choice(NAMES)] = copy.deepcopy(node[key])
            else:
                changed = (copy.deepcopy(draw.choice(VALUES)), [node[key]], {"x": node[key]})
                node[key] = changed[max(0, change - 2)]
            break
    return json.dumps(value).encode()
