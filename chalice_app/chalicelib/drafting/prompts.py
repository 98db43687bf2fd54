"""The prompt of a model: its template with the findings put in, as they are."""

from __future__ import annotations

import hashlib

PLACEHOLDER = "{findings}"


def build_prompt(template: str, findings: str) -> str:
    """Put findings into a template literally: braces, percent signs and backslashes stay."""
    before, _, after = template.partition(PLACEHOLDER)
    return f"{before}{findings}{after}"


def prompt_sha256(template: str) -> str:
    """The hash by which rows name the template that made them."""
    return hashlib.sha256(template.encode()).hexdigest()
