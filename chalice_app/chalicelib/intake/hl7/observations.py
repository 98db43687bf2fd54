"""From the OBX of a record to the texts of its sections.

One OBX is a section, or one is a line of text, which may be empty. An OBX that names no section at
all continues the one before; what belongs to no named section is read by its headings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from chalicelib.intake.hl7 import status
from chalicelib.intake.hl7.escapes import without_controls
from chalicelib.intake.hl7.section_names import REPORT, section_of
from chalicelib.intake.hl7.syntax import Segment, Separators
from chalicelib.intake.hl7.values import Unread, text_of


class Observations(NamedTuple):
    """What the OBX of a record hold.

    Attributes:
        sections: the text of each named section, by its canonical name.
        rest: the text that belongs to no named section.
        statuses: the status of each OBX that holds text.
        unread: the OBX that hold something else.
        controls: whether control characters were removed.
        first: of each section, and of the rest as "report", how errors name its first OBX-5.
    """

    sections: dict[str, str]
    rest: str
    statuses: list[str | None]
    unread: list[Unread]
    controls: bool
    first: dict[str, str]


def read_observations(
    segments: Sequence[Segment], separators: Separators, charset: str
) -> Observations:
    """Read the OBX of a record, in the order in which they stand.

    Raises:
        SyntaxProblemError: one of them is damaged.
    """
    texts: dict[str, list[str]] = {}
    statuses: list[str | None] = []
    unread: list[Unread] = []
    first: dict[str, str] = {}
    controls = False
    section = REPORT
    known: dict[tuple[str, str], str] = {}
    for one in segments:
        if one.name != "OBX":
            continue
        state = status.of_observation(one)
        # A line without an identifier continues the section of the line before.
        name = one.value(3).strip(), one.value(4).strip()
        if any(name):
            if name not in known:
                known[name] = section_of(one, separators) or REPORT
            section = known[name]
        if state == status.CANCELLED:
            statuses.append(state)
            continue
        text = text_of(one, separators, charset)
        if isinstance(text, Unread):
            unread.append(text)
            continue
        statuses.append(state)
        clean, found = without_controls(text)
        controls |= found
        texts.setdefault(section, []).append(clean)
        first.setdefault(section, one.place(5))
    joined = {name: "\n".join(lines).strip() for name, lines in texts.items()}
    rest = joined.pop(REPORT, "")
    sections = {name: text for name, text in joined.items() if text}
    return Observations(sections, rest, statuses, unread, controls, first)
