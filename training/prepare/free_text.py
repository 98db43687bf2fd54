"""Reads one report in free text, as in MIMIC-CXR's `files/p10/p…/s….txt`."""

from __future__ import annotations

import codecs

from chalicelib.intake.free_text.sections import read_sections
from training.prepare.items import Item
from training.prepare.report import LeftOut, Report, of_sections

# The longest MIMIC-CXR report has about 10,000 characters; a much longer file is not a report.
LONGEST_BYTES = 1 << 20
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(item: Item) -> Report:
    """Read a file as one report; its name without the suffix is the id."""
    name = item.path.stem
    item.file.seek(0)
    data = item.file.read(LONGEST_BYTES + 1)
    if len(data) > LONGEST_BYTES:
        return LeftOut(name, "unreadable")
    try:
        text = data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError:
        return LeftOut(name, "unreadable")
    return of_sections(name, read_sections(text))
