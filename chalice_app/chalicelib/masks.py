"""De-identified collections mask names and dates their own way: one mask for all of them.

A model is trained on texts with this mask (`training.prepare`) and asked with it (`endpoint`).
"""

from __future__ import annotations

import re

MASK = "____"
# MIMIC-CXR writes three underscores, the MEDIQA files four, Open-i XXXX.
_MASKS = re.compile(r"_{2,}|\bX{3,}\b|\bx{4,}\b")


def one_mask(text: str) -> str:
    """Write every mask as MASK; all else stays as it is."""
    return _MASKS.sub(MASK, text)
