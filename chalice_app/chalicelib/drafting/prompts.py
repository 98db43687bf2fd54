"""The prompt of a model: its template with the findings inserted literally."""

from __future__ import annotations

import hashlib

from chalicelib.drafting.masks import normalize_masks

PLACEHOLDER = "{findings}"


def build_prompt(template: str, findings: str) -> str:
    """Insert findings into a template literally: braces, percent signs and backslashes are kept."""
    before, _, after = template.partition(PLACEHOLDER)
    return f"{before}{findings}{after}"


def prompt_for(template: str, findings: str) -> str:
    """The prompt that a model gets: its masks are those of the training data."""
    return build_prompt(template, normalize_masks(findings))


def prompt_sha256(template: str) -> str:
    """The hash by which rows identify their prompt template."""
    return hashlib.sha256(template.encode()).hexdigest()
