"""The prompt of a model for one report."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from chalicelib.drafting.masks import normalize_masks
from chalicelib.prompt_template import fill


def prompt_for(template: str, findings: str, context: Mapping[str, str] | None = None) -> str:
    """The prompt that a model gets: its masks are those of the training data."""
    known = {name: normalize_masks(text) for name, text in (context or {}).items()}
    return fill(template, normalize_masks(findings), known)


def prompt_sha256(template: str) -> str:
    """The hash by which rows identify their prompt template."""
    return hashlib.sha256(template.encode()).hexdigest()
