"""Reads the reports of a collection; each file's format is detected from name and content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from chalicelib.errors import FileRejectedError
from chalicelib.intake.json_text.framing import detect_form
from training.errors import CollectionError
from training.prepare import free_text, json_records, messages, open_i, parquet, tables, texts
from training.prepare.columns import ColumnsError
from training.prepare.items import Item, PassedOver, of_source
from training.prepare.records import Reading
from training.prepare.report import LeftOut, Pair, Report
from training.prepare.texts import NotReportsError

_IS_RECORDS = re.compile(rb'\s*+\[?\s*+\{\s*+"')


def read(source: Path, reading: Reading) -> Iterator[Report | PassedOver]:
    """Every report of a file or folder, and the files that contain none.

    Raises:
        CollectionError: the source does not exist, a file of reports is damaged, or it is unclear
            which of its columns are meant, or nothing in the source is a report.
    """
    reports, passed_over = 0, None
    try:
        for item in of_source(source):
            for one in [item] if isinstance(item, PassedOver) else _of_item(item, reading):
                if not isinstance(one, PassedOver):
                    reports += 1
                # What was opened tells more than what was passed over by its name.
                elif passed_over is None or len(passed_over.reason) < len(one.reason):
                    passed_over = one
                yield one
    except OSError as error:
        problem = f"cannot be read ({error.strerror or type(error).__name__})"
        raise CollectionError(str(error.filename or source), problem) from None
    if not reports:
        such = f"; {passed_over.place} {passed_over.reason}" if passed_over else ""
        raise CollectionError(str(source), f"contains no reports{such}")


def _of_item(item: Item, reading: Reading) -> Iterator[Report | PassedOver]:
    try:
        yield from _reports(item, reading)
    except NotReportsError as error:
        if item.is_alone:
            raise CollectionError(item.place, str(error)) from None
        yield PassedOver(item.name, str(error))
    except ColumnsError as error:
        raise CollectionError(item.place, str(error)) from None


def _reports(item: Item, reading: Reading) -> Iterable[Report]:
    suffix = item.path.suffix.lower()
    start = item.file.read(len(parquet.MAGIC))
    if start == parquet.MAGIC or suffix == ".parquet":
        return parquet.read_parquet(item, reading)
    try:
        head = texts.head_of(item.file)
    except FileRejectedError as error:
        if suffix == ".txt":
            return [LeftOut(item.path.stem, "unreadable")]
        raise texts.rejected(error, item.place) from None
    if suffix == ".xml" or head.lstrip().startswith((b"<?xml", b"<eCitation")):
        return [_with_patient(open_i.read_xml(item), item, reading)]
    form = messages.form_of(head)
    if form is not None:
        return messages.read_messages(item, form, reading)
    return _of_head(item, head, reading)


def _of_head(item: Item, head: bytes, reading: Reading) -> Iterable[Report]:
    """The reports of a text that is neither XML, HL7 nor FHIR."""
    if item.path.suffix.lower() == ".txt" and not _IS_RECORDS.match(head):
        return _of_text(item, head, reading)
    if _is_json(item, head):
        return json_records.read_json(item, head, reading)
    if not head.strip():
        raise NotReportsError("is empty; is it the right file?")
    if b"\0" in head:
        raise NotReportsError("is not text; give CSV, JSON, XML, Parquet or free text")
    return tables.read_table(item, tables.header_of(head, reading.columns), reading)


def _is_json(item: Item, head: bytes) -> bool:
    """Whether a text is JSON; in JSON Lines by name, a malformed first line costs itself only."""
    if head.lstrip().startswith((b"{", b"[")):
        return True
    names = [suffix.lower() for suffix in item.path.suffixes[-2:]]
    if not set(names) & {".json", ".jsonl", ".ndjson"}:
        return False
    try:
        return detect_form(head) in {"object", "array", "lines"}
    except FileRejectedError:
        return False


def _of_text(item: Item, head: bytes, reading: Reading) -> Iterable[Report]:
    """One report in free text, or a table under the name of a text."""
    first = head.split(b"\n", 1)[0]
    if b"\t" in first or first.count(b",") > 1:
        try:
            header = tables.header_of(head, reading.columns)
        except (NotReportsError, ColumnsError):
            header = None
        if header is not None and header.roles.is_pair:
            return tables.read_table(item, header, reading)
    return [_with_patient(free_text.read_text(item), item, reading)]


def _with_patient(found: Report, item: Item, reading: Reading) -> Report:
    if not isinstance(found, Pair):
        return found
    return replace(found, patient=reading.patients.of(str(item.path)))
