"""Reads Open-i's XML: one report a file, `ecgen-radiology/*.xml`."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import ParseError, parse

from training.prepare.report import LeftOut, Report, report


def read_xml(path: Path) -> Report:
    """Read one report; a file that is no XML is left out by its name."""
    try:
        # expat bounds what entities expand to and fetches nothing from elsewhere.
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
