"""The first pass over collections: what can be used goes to a file, its groups to the index."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from chalicelib.drafting.masks import normalize_masks
from training.errors import CollectionError
from training.prepare.index import Index
from training.prepare.items import PassedOver
from training.prepare.report import LeftOut, Pair, Report
from training.prepare.split_file import SplitFile
from training.prepare.splits import digest
from training.prepare.summary import Summary

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Kept:
    """A pair with its masks normalized, its findings' digest and its split in a split file."""

    pair: Pair
    findings: bytes
    split: int | None


@dataclass
class Gathered:
    """The figures of the first pass that the index does not know."""

    without_patient: int = 0
    contradicted: int = 0


def gather(  # noqa: PLR0913, PLR0917  # what the first pass reads and writes
    reports: Iterable[Report | PassedOver],
    folder: Path,
    index: Index,
    summary: Summary,
    split_file: Path | None,
    progress: Progress,
) -> Gathered:
    """Read all reports; `pairs` then yields those that can be used.

    Raises:
        CollectionError: a collection or the split file cannot be read, or the split file names
            ids that no report has.
    """
    found = Gathered()
    with ExitStack() as stack:
        splits = None
        if split_file is not None:
            splits = stack.enter_context(SplitFile(split_file, folder / "splits.sqlite"))
        file = stack.enter_context(_spool(folder).open("w", encoding="ascii", newline="\n"))
        for one in reports:
            if isinstance(one, PassedOver):
                summary.pass_over(one)
                continue
            summary.reports += 1
            progress(summary.reports)
            place = one.place if isinstance(one, LeftOut) else one.report_id
            split = None if splits is None else splits.split_of(place)
            if isinstance(one, LeftOut):
                summary.leave_out(one)
            elif splits is not None and split is None:
                summary.leave_out(LeftOut(place, "not in the split file"))
            else:
                _add(one, split, index, found, file)
        if splits is not None:
            splits.check_all_read()
    return found


def pairs(folder: Path) -> Iterator[Kept]:
    """The pairs that `gather` wrote, in their order; the file is deleted at the end."""
    path = _spool(folder)
    with path.open(encoding="ascii") as file:
        for line in file:
            key, split, *fields = json.loads(line)
            yield Kept(Pair(*fields), bytes.fromhex(key), split)
    path.unlink()


def check_pattern(pattern: re.Pattern[str] | None, index: Index) -> None:
    """Raise CollectionError if a pattern for patients matches nothing."""
    if pattern is not None and not index.groups().patients:
        raise CollectionError(
            f"--patient-pattern {pattern.pattern}",
            "matches no report; it is searched in a file's path below the source, and in the id"
            " of a table's row",
        )


def _add(pair: Pair, split: int | None, index: Index, found: Gathered, file: TextIO) -> None:
    findings, impression = normalize_masks(pair.findings), normalize_masks(pair.impression)
    key = digest(findings)
    found.contradicted += index.add(key, pair.patient, split or 0, digest(impression))
    found.without_patient += pair.patient is None
    context = {name: normalize_masks(text) for name, text in pair.context.items()}
    line = [key.hex(), split, pair.report_id, findings, impression, pair.patient, context]
    file.write(json.dumps(line) + "\n")


def _spool(folder: Path) -> Path:
    return folder / "pairs.jsonl"
