"""What can be wrong with a Bundle or one of its entries, and how an error says so."""

from __future__ import annotations

from typing import Final, Literal

Refusal = Literal[
    "cut",
    "damaged",
    "duplicate",
    "entry-duplicate",
    "nested",
    "no-array",
    "no-object",
    "no-report",
    "no-type",
    "shared",
    "too-many",
]

# The place, in which `#` is the entry's position, and the problem.
REFUSALS: Final[dict[Refusal, tuple[str, str]]] = {
    "cut": ("Bundle.entry", "ends before its closing bracket; send the Bundle again"),
    "damaged": (
        "Bundle.entry[#]",
        "is not valid JSON; correct it, or send its report in another Bundle",
    ),
    "duplicate": ("Bundle", "contains the same key twice; keep one of them"),
    "entry-duplicate": ("Bundle.entry[#]", "contains the same key twice; keep one of them"),
    "nested": (
        "Bundle.entry[#].resource",
        "is a Bundle inside a Bundle; send one Bundle of its reports",
    ),
    "no-array": ("Bundle.entry", "must be an array"),
    "no-object": ("Bundle.entry[#]", "must be an object, and its resource too"),
    "no-report": ("Bundle.entry", "contains no DiagnosticReport"),
    "no-type": ("Bundle.entry[#].resource.resourceType", "is missing, or is not text"),
    "shared": (
        "Bundle.entry[#]",
        "refers to resources that too many reports share; split the Bundle",
    ),
    "too-many": ("Bundle.entry", "has more than 100,000 entries; split the Bundle"),
}


def describe(refusal: Refusal, position: int | None) -> tuple[str, str]:
    """The place and the problem to name in an error."""
    place, problem = REFUSALS[refusal]
    return place.replace("#", str(position)), problem
