"""Reads Open-i's XML: one report per file, `ecgen-radiology/*.xml`."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError, parse

from chalicelib.prompt_template import CONTEXT_FIELDS
from training.prepare.columns import FINDINGS, IMPRESSION, plain
from training.prepare.items import Item
from training.prepare.report import LeftOut, Report, report, with_context
from training.prepare.texts import NotReportsError

_ROOT = "eCitation"


def read_xml(item: Item) -> Report:
    """Read one report; a file that is not well-formed is left out under its name.

    Raises:
        NotReportsError: it is XML of another kind.
    """
    item.file.seek(0)
    try:
        # expat limits the expansion of entities and loads nothing external.
        root = parse(item.file).getroot()  # noqa: S314  # see above
    except (ParseError, ValueError, LookupError):
        return LeftOut(item.path.name, "unreadable")
    abstracts = list(root.iter("AbstractText"))
    if root.tag != _ROOT and not abstracts:
        raise NotReportsError("is XML, but not Open-i's; convert it to CSV or JSON Lines")
    named = root.find("uId")
    name = item.path.stem if named is None else named.get("id") or item.path.stem
    found = report(name, _section(abstracts, FINDINGS), _section(abstracts, IMPRESSION))
    others = {name: _section(abstracts, (name,)) for name in CONTEXT_FIELDS}
    return with_context(found, others)


def _section(abstracts: list[Element], known: tuple[str, ...]) -> str | None:
    """The text under a label, however it is spelled; a label that occurs again continues it."""
    found = [
        "".join(one.itertext()).strip()
        for one in abstracts
        if plain(one.get("Label") or "") in known
    ]
    return "\n".join(filter(None, found)) or None
