"""Writes `examples/`: synthetic reports in every input format that the system reads."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from training.synthetic.report import Report
from training.synthetic.scenarios import NORMAL, SCENARIOS
from training.synthetic.stream import normalised, report

SEED = "examples"
SINGLES, ARRAY, WARD, NIGHT, BAD, HELD_OUT = 5, 20, 25, 25, 8, 150
WITHOUT_REFERENCE = 7
GZIP_WINDOW = 31  # zlib's wbits for a gzip header and trailer
_REASONS = {s.name: s.reasons for s in (NORMAL, *SCENARIOS)}


def write_examples(folder: Path) -> list[Path]:
    """Write all example files to the folder; the same bytes every time."""
    files = example_files()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [folder / name for name in files]


def example_files() -> dict[str, bytes]:
    """Content of every example file by its path in `examples/`."""
    pool = _distinct()
    singles = [_plain(r, f"chest-{i:04d}") for i, r in enumerate(_take(pool, SINGLES), start=1)]
    del singles[-1]["impression"]
    files = {
        f"hospital/{record['report_id']}.json": _json(record, indent=2 if i == 0 else None)
        for i, record in enumerate(singles)
    }
    files["hospital/morning-list.json"] = _json(
        [_study(r, i) for i, r in enumerate(_take(pool, ARRAY), start=1)], indent=1
    )
    ward = [_plain(r, f"w7-{i:03d}") for i, r in enumerate(_take(pool, WARD), start=1)]
    for record in ward[WITHOUT_REFERENCE::WITHOUT_REFERENCE]:
        del record["impression"]
    files["hospital/ward-7.jsonl"] = _lines(ward)
    night = [_plain(r, f"night-{i:03d}") for i, r in enumerate(_take(pool, NIGHT), start=1)]
    files["hospital/night-shift.jsonl.gz"] = _gzip(_lines(night))
    files["hospital/with-bad-records.jsonl"] = _bad(_take(pool, BAD))
    held_out = [_plain(r, f"eval-{i:04d}") for i, r in enumerate(_take(pool, HELD_OUT), start=1)]
    files["evaluation/held-out.jsonl"] = _lines(held_out)
    return files


def _gzip(data: bytes) -> bytes:
    """The same bytes on every Python: `gzip.compress` writes a different header since 3.13."""
    packer = zlib.compressobj(9, zlib.DEFLATED, GZIP_WINDOW)
    return packer.compress(data) + packer.flush()


def _distinct() -> Iterator[Report]:
    """Reports of the examples' own seed, without repeated findings."""
    seen: set[str] = set()
    index = 0
    while True:
        candidate = report(SEED, index)
        index += 1
        if normalised(candidate.findings) not in seen:
            seen.add(normalised(candidate.findings))
            yield candidate


def _take(pool: Iterator[Report], count: int) -> list[Report]:
    return [next(pool) for _ in range(count)]


def _plain(source: Report, report_id: str) -> dict[str, Any]:
    return {
        "report_id": report_id,
        "findings": source.findings,
        "impression": source.impression,
    }


def _study(source: Report, number: int) -> dict[str, Any]:
    """A record with the keys of a research data set: study, subject, background."""
    rng = random.Random(f"{SEED}/study/{number}")  # noqa: S311  # not cryptographic
    reason = rng.choice(_REASONS[source.scenario])
    return {
        "study_id": f"s{rng.randrange(50_000_000, 60_000_000)}",
        "subject_id": f"p{rng.randrange(10_000_000, 20_000_000)}",
        "findings": source.findings,
        "impression": source.impression,
        "background": f"EXAMINATION: Chest radiograph. INDICATION: ____ year old. {reason}",
    }


def _bad(sources: Sequence[Report]) -> bytes:
    """Good and bad records mixed; every bad line has a different error."""
    records = [_plain(r, f"mixed-{i:03d}") for i, r in enumerate(sources, start=1)]
    del records[1]["findings"]
    records[2]["findings"] = "   "
    records[4]["findings"] = 42
    records[5]["heart_rate"] = float("nan")
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    lines[6] = lines[6].replace('{"report_id"', '{"report_id": "mixed-000", "report_id"', 1)
    lines.insert(7, lines[7][: len(lines[7]) // 2])
    return ("\n".join(lines) + "\n").encode()


def _json(value: object, indent: int | None) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=indent) + "\n").encode()


def _lines(records: Sequence[Mapping[str, Any]]) -> bytes:
    return b"".join(_json(record, indent=None) for record in records)
