"""Seeded files of every kind that hospitals send, and what must come of each."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.reports import records
from tests.account.texts import hl7_batch
from tests.soak.books import Expected

# A file with more records than a chunk (50) is split.
LARGE = (60, 130)
UNREADABLE: tuple[tuple[bytes, Expected], ...] = (
    (b"", Expected(is_rejected=True)),
    (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), Expected(is_rejected=True)),
    (b"The lungs are clear.\n", Expected(is_rejected=True)),
    (b"\xff\xfe{\x00", Expected(is_rejected=True)),
    (gzip.compress(b'{"findings": "Clear."}', mtime=0)[:-9], Expected(is_rejected=True)),
    (b'[{"findings": "Clear."}, {"findings": "Cut', Expected(is_rejected=True)),
    (b"[]", Expected()),
)
BAD_RECORDS: tuple[Any, ...] = ({"findings": 7}, {"findings": " "}, {"note": "none"}, 12)


@dataclass(frozen=True, slots=True)
class File:
    """One content: its bytes, and what must come of it."""

    data: bytes
    expected: Expected


class Files:
    """Makes contents, each with its own report ids: whose drafts stand can be seen from them."""

    def __init__(self, seed: int) -> None:
        """The same seed makes the same contents in the same order."""
        self._random = random.Random(seed)
        self._reports = records(400, f"soak-{seed}")
        self._made = 0

    def make(self) -> File:
        """Make the next content."""
        self._made += 1
        kinds: tuple[Callable[[], File], ...] = (self._unreadable, self._large, self._mixed)
        made = self._random.choices((*kinds, self._plain), (10, 4, 16, 70))[0]
        return made()

    def _unreadable(self) -> File:
        return File(*self._random.choice(UNREADABLE))

    def _plain(self) -> File:
        return self._written(self._good(self._random.choice((1, 1, 1, 2, 3, 5, 8))))

    def _large(self) -> File:
        return self._written(self._good(self._random.randint(*LARGE)))

    def _mixed(self) -> File:
        mixed: list[Any] = [*self._good(self._random.randint(1, 6))]
        for _ in range(self._random.randint(1, 3)):
            place = self._random.randint(0, len(mixed))
            mixed.insert(place, self._random.choice(BAD_RECORDS))
        return self._written(mixed)

    def _good(self, count: int) -> list[dict[str, Any]]:
        made = []
        for index in range(count):
            record = self._random.choice(self._reports)
            one = {"report_id": f"{self._made}-{index}", "findings": record["findings"]}
            if self._random.random() < 0.7:
                one["impression"] = record["impression"]
            made.append(one)
        return made

    def _written(self, mixed: list[Any]) -> File:
        good = tuple(
            one["report_id"] for one in mixed if isinstance(one, dict) and "report_id" in one
        )
        expected = Expected(good, len(mixed) - len(good))
        forms = ("array", "lines", "gzip")
        form = self._random.choice(forms if expected.bad else (*forms, "hl7"))
        if form == "hl7":
            return File(hl7_batch(*mixed), expected)
        if form == "array":
            return File(json.dumps(mixed).encode(), expected)
        text = "\n".join(map(json.dumps, mixed)).encode()
        return File(text if form == "lines" else gzip.compress(text, mtime=0), expected)
