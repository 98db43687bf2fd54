"""Synthetic records for the benchmarks, with the keys that a hospital system sends."""

from __future__ import annotations

from typing import Any

from training.synthetic.stream import reports


def records(count: int, seed: str) -> list[dict[str, Any]]:
    """`count` records; the same seed gives the same records."""
    return [
        {
            "study_id": one.report_id,
            "subject_id": f"subject-{number}",
            "findings": one.findings,
            "impression": one.impression,
            "background": "Cough.",
        }
        for number, one in enumerate(reports(count, seed))
    ]
