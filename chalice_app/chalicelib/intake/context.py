"""What is known of a report beside its findings, for prompts that name it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# More would crowd the findings out of the model's input; it is left out, and never cut.
MOST_CHARACTERS = 1000
# By the name of a prompt's field: the sections and fields that may contain it, best first.
_SOURCES: Mapping[str, tuple[str, ...]] = {
    "indication": ("indication", "reason for exam", "reason", "history", "clinical history"),
    "comparison": ("comparison",),
    "technique": ("technique",),
    "background": ("background", "history", "clinical history"),
    "age": ("age",),
    "sex": ("sex", "gender"),
}


def context_of(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Find the context of a report in its metadata, and in its sections among them.

    Returns:
        One line of at most MOST_CHARACTERS per field of CONTEXT_FIELDS that the report has.
    """
    sections = metadata.get("sections")
    texts = {**metadata, **(sections if isinstance(sections, Mapping) else {})}
    lowered = {name.lower(): value for name, value in texts.items()}
    found: dict[str, str] = {}
    for field, names in _SOURCES.items():
        for name in names:
            text = _line(lowered.get(name))
            if text:
                found[field] = text
                break
    return found


def _line(value: Any) -> str:  # noqa: ANN401  # any JSON value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if len(text) <= MOST_CHARACTERS else ""
