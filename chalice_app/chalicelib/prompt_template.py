"""Prompt templates: how the texts of one report are inserted, literally.

`{findings}` stands in every template. What else is known of a report may stand in optional parts in
square brackets, such as `[Indication: {indication}. ]`: a part disappears unless the report has
everything that the part names; otherwise only its brackets do. Everything else is text: other
brackets and braces stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

FINDINGS = "findings"
# What an optional part may name. Age is in years, sex as the report has it.
CONTEXT_FIELDS = ("indication", "comparison", "technique", "background", "age", "sex")
_FIELD = re.compile(r"\{(" + "|".join(CONTEXT_FIELDS) + r")\}")
_ANY_FIELD = re.compile(r"\{(" + "|".join((FINDINGS, *CONTEXT_FIELDS)) + r")\}")
_PART = re.compile(r"\[[^\[\]]*\]")


def fill(template: str, findings: str, context: Mapping[str, str] | None = None) -> str:
    """Insert the texts of a report: their braces, percent signs and backslashes are kept.

    Args:
        template: contains `{findings}` once.
        findings: the text to draft an impression for.
        context: what else is known of the report, by the names in CONTEXT_FIELDS.
    """
    known = context or {}
    return "".join(
        piece if field is None else findings if field == FINDINGS else known[field]
        for piece, field in _pieces(template, frozenset(known))
    )


def names_context(template: str) -> bool:
    """Whether a template names more than the findings."""
    return _FIELD.search(template) is not None


def problem_of(template: str) -> str | None:
    """What is wrong with a template, or None."""
    if template.count("{findings}") != 1:
        return "must contain {findings} exactly once"
    outside = _FIELD.search(_PART.sub(_without_fields, template))
    if outside is not None:
        return f"names {outside[0]} outside square brackets; a report may not have it"
    for part in _PART.finditer(template):
        if _FIELD.search(part[0]) is not None and "{findings}" in part[0]:
            return "has {findings} in an optional part, which may disappear"
    return None


def _without_fields(part: re.Match[str]) -> str:
    return _FIELD.sub("", part[0])


@lru_cache(maxsize=64)
def _pieces(template: str, known: frozenset[str]) -> tuple[tuple[str, str | None], ...]:
    """The template for reports of which `known` is known: texts, and the fields between them."""
    pieces: list[tuple[str, str | None]] = []
    text = _PART.sub(lambda part: _kept(part[0], known), template)
    end = 0
    for field in _ANY_FIELD.finditer(text):
        pieces += [(text[end : field.start()], None), ("", field[1])]
        end = field.end()
    return (*pieces, (text[end:], None))


def _kept(part: str, known: frozenset[str]) -> str:
    """What is left of a part in square brackets."""
    named = set(_FIELD.findall(part))
    if not named:
        return part
    return part[1:-1] if named <= known else ""
