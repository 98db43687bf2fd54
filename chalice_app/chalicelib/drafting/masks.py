"""One mask for the different masks that de-identified collections put in place of names and dates.

It is applied to the training data (`training.prepare`) and to the prompts (`prompts.prompt_for`).
"""

from __future__ import annotations

import re

MASK = "____"
# MIMIC-CXR uses three underscores, sometimes followed by a letter (___M), MEDIQA four, Open-i
# XXXX. Two underscores are a mask only if they stand alone: __name__ is text.
_MASKS = re.compile(r"_{3,}|(?<![A-Za-z0-9_])__(?![A-Za-z0-9_])|\bX{3,}\b|\bx{4,}\b")


def normalize_masks(text: str) -> str:
    """Replace every mask with MASK; everything else is unchanged."""
    return _MASKS.sub(MASK, text)
