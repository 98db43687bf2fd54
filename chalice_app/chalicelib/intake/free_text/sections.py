"""Finds the sections of a free-text report."""

from __future__ import annotations

import re
from typing import NamedTuple

_HEADING = re.compile(r"^\s*(FINDINGS|IMPRESSION)\s*:", re.MULTILINE)


class Sections(NamedTuple):
    """The sections of one report.

    `others` contains every other section by its heading in lower case. `unsure` is the reason why
    findings and impression cannot be told with confidence; both are None then.
    """

    findings: str | None
    impression: str | None
    others: dict[str, str]
    unsure: str | None = None


def read_sections(text: str) -> Sections:
    """Find the findings, the impression and the other sections of a report."""
    found: dict[str, str] = {}
    places = [*_HEADING.finditer(text)]
    for place, after in zip(places, [*places[1:], None], strict=False):
        found[place[1]] = " ".join(text[place.end() : after and after.start()].split())
    return Sections(found.get("FINDINGS") or None, found.get("IMPRESSION") or None, {})
