"""Reads the split that a collection is published with: a table of ids and splits."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from chalicelib.errors import FileRejectedError
from training.errors import CollectionError
from training.prepare import tables, texts
from training.prepare.columns import IDS, listed, plain
from training.prepare.scratch_base import ScratchBase
from training.prepare.splits import EVALUATION, SPLITS, TRAIN, VALIDATE

_NAMES = {
    **dict.fromkeys(("train", "training"), TRAIN),
    **dict.fromkeys(("validate", "validation", "valid", "val", "dev"), VALIDATE),
    **dict.fromkeys(("test", "testing", "evaluation"), EVALUATION),
}
# The same report is s50414267 in MIMIC-CXR's paths, 50414267 in its tables.
_NUMBERED = re.compile(r"s?+(\d++)(?:\.0++)?+")
_SHOWN = 5
_TABLES = "CREATE TABLE split (id TEXT PRIMARY KEY, split INTEGER, read INTEGER) WITHOUT ROWID;"


class SplitFile(ScratchBase):
    """The split of every id, on disk, and which ids were asked for."""

    def __init__(self, path: Path, base: Path) -> None:
        """Prepare to read the file `path` into a database at `base`."""
        super().__init__(base, _TABLES)
        self._path = path

    def __enter__(self) -> Self:
        """Read the file.

        Raises:
            CollectionError: it is not a table of ids and splits, or contradicts itself.
        """
        try:
            self._read()
        except BaseException:
            self._base.close()
            raise
        return self

    def split_of(self, report_id: str) -> int | None:
        """The number of a report's split in SPLITS; None if the file does not name it."""
        key = _key(report_id)
        found = self._base.execute("SELECT split FROM split WHERE id = ?", (key,)).fetchone()
        if found is None:
            return None
        self._base.execute("UPDATE split SET read = 1 WHERE id = ?", (key,))
        return int(found[0])

    def check_all_read(self) -> None:
        """Raise CollectionError if the file names ids that no report has."""
        (count,) = self._base.execute("SELECT count(*) FROM split WHERE NOT read").fetchone()
        if not count:
            return
        named = self._base.execute(
            "SELECT id FROM split WHERE NOT read ORDER BY id LIMIT ?", (_SHOWN,)
        ).fetchall()
        shown = ", ".join(key for (key,) in named)
        more = f" and {count - _SHOWN:,} more" if count > _SHOWN else ""
        problem = (
            f"names {count:,} ids that no report has ({shown}{more}); give all of the"
            " collection's reports, or remove these lines"
        )
        raise CollectionError(str(self._path), problem)

    def _read(self) -> None:
        path = self._path
        try:
            with path.open("rb") as file:
                delimiter = tables.delimiter_of(texts.head_of(file))
                rows = csv.reader(texts.open_text(file), delimiter=delimiter, strict=True)
                self._fill(_pairs(path, rows))
        except OSError as error:
            raise CollectionError(str(path), f"cannot be read ({error.strerror})") from None
        except FileRejectedError as error:
            raise texts.rejected(error, str(path)) from None
        except (UnicodeDecodeError, csv.Error):
            raise CollectionError(str(path), "is not a CSV file in UTF-8") from None

    def _fill(self, rows: Iterator[tuple[str, str]]) -> None:
        for number, (report_id, name) in enumerate(rows, 2):
            place = f"{self._path}: row {number}"
            split = _NAMES.get(name.strip().lower())
            if split is None:
                known = ", ".join(sorted(set(_NAMES)))
                raise CollectionError(place, f"its split is none of {known}")
            key, rank = _key(report_id), SPLITS.index(split)
            self._base.execute("INSERT OR IGNORE INTO split VALUES (?, ?, 0)", (key, rank))
            stored = self._base.execute("SELECT split FROM split WHERE id = ?", (key,)).fetchone()
            if stored[0] != rank:
                raise CollectionError(place, f"{key} is in two splits; keep one of them")


def _pairs(path: Path, rows: Iterator[list[str]]) -> Iterator[tuple[str, str]]:
    """The id and the split of every row."""
    names = [name.strip().lstrip("\ufeff") for name in next(rows, [])]
    by_plain = {plain(name): at for at, name in enumerate(names)}
    report_id = next((by_plain[name] for name in IDS if name in by_plain), None)
    if report_id is None or "split" not in by_plain:
        problem = f"needs a column split and one of study_id, report_id, id; {listed(names)}"
        raise CollectionError(str(path), problem)
    for number, values in enumerate(rows, 2):
        if values and len(values) != len(names):
            place = f"{path}: row {number}"
            raise CollectionError(place, f"has {len(values)} columns instead of {len(names)}")
        if values:
            yield values[report_id], values[by_plain["split"]]


def _key(report_id: str) -> str:
    text = report_id.strip().lower()
    number = _NUMBERED.fullmatch(text)
    return number[1].lstrip("0") or "0" if number else text
