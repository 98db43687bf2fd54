"""Finds the findings and the impression of a free-text report, or says why it cannot be sure.

Reports have no grammar: headings are misspelt, stand in the middle of a line, lack their colon, and
common words of headings begin wrapped lines of plain text. So candidates for headings are scored
over the whole report (`scoring.py`), the likely ones divide it into blocks, and the blocks of
findings and impression must agree. A report that reads well in two ways is `unsure`: a draft, or a
training pair, from the wrong text is worse than none.
"""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.intake.free_text import blocks, choice, headings, lines, markup, scoring
from chalicelib.intake.free_text.blocks import Unsure


class Sections(NamedTuple):
    """The sections of one report, with lines joined and white space collapsed.

    `others` contains every other section by its name in lower case. `unsure` is the reason why
    findings and impression cannot be told with confidence; both are None then. `findings_heading`
    says whether any heading of findings was found, whatever is below it.
    """

    findings: str | None
    impression: str | None
    others: dict[str, str]
    unsure: Unsure | None = None
    findings_heading: bool = False


def read_sections(text: str) -> Sections:
    """Find the findings, the impression and the other sections of a report.

    Time and memory are linear in the length of the text.
    """
    text = markup.without_tags(text)
    found = headings.candidates(lines.lines_of(text))
    style = scoring.style_of(text, found)
    for one in found:
        one.score = scoring.score(one, style)
    divided = blocks.divide(text, found, style)
    chosen = choice.choose(divided)
    return Sections(
        chosen.findings,
        chosen.impression,
        _others(divided, chosen),
        chosen.unsure,
        any(one.role in ("findings", "both") for one in divided),
    )


def _others(divided: list[blocks.Block], chosen: choice.Choice) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for one in divided:
        if one.text and one not in chosen.used and one.section:
            found.setdefault(one.section, []).append(one.text)
    return {section: " ".join(texts) for section, texts in found.items()}
