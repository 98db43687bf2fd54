"""Reads Open-i's XML: one report per file, `ecgen-radiology/*.xml`."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import ParseError, parse

from training.prepare.report import LeftOut, Report, report


def read_xml(path: Path) -> Report:
    """Read one report; a file that is not XML is left out under its name."""
    try:
        # expat limits the expansion of entities and loads nothing external.
        root = parse(path).getroot()  # noqa: S314  # see above
    except (ParseError, ValueError, LookupError):
        return LeftOut(path.name, "unreadable")
    named = root.find("uId")
    sections = {
        (one.get("Label") or "").upper(): "".join(one.itertext())
        for one in root.iter("AbstractText")
    }
    name = path.stem if named is None else named.get("id") or path.stem
    return report(name, sections.get("FINDINGS"), sections.get("IMPRESSION"))
