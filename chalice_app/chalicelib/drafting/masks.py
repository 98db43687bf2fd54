"""De-identified collections mask names and dates their own way: one mask for all of them.

A model is trained on texts with this mask (`training.prepare`) and asked with it (`endpoint`).
"""

from __future__ import annotations

import re

MASK = "____"
# MIMIC-CXR writes three underscores, at times with a letter behind (___M), the MEDIQA files four,
# Open-i XXXX. Two are a mask only by themselves: __name__ is somebody's text.
_MASKS = re.compile(r"_{3,}|(?<![A-Za-z0-9_])__(?![A-Za-z0-9_])|\bX{3,}\b|\bx{4,}\b")


def normalize_masks(text: str) -> str:
    """Write every mask as MASK; all else stays as it is."""
    return _MASKS.sub(MASK, text)
