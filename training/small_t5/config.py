"""Settings of the embedded model, all in one place."""

from __future__ import annotations

from dataclasses import dataclass

# The default prompt of the running system; the model is trained on exactly what it will be sent.
PROMPT = (
    "Generate radiology report impressions based on the following findings. Findings: {findings}"
)
CONSTANT_SENTENCE = "No acute cardiopulmonary abnormality."
SIZE_LIMIT = 4_000_000


def prompted(findings: str) -> str:
    """The model's whole input for some findings; braces in them stay as they are."""
    return PROMPT.replace("{findings}", findings)


@dataclass(frozen=True)
class Architecture:
    """The shape of the T5, about 1.4 million parameters."""

    pieces: int = 1900
    d_model: int = 128
    d_ff: int = 512
    layers: int = 2
    heads: int = 4
    dropout: float = 0.0


@dataclass(frozen=True)
class Schedule:
    """How one of the two models is trained; lengths in pieces.

    No report is seen twice: the generator never runs dry, so one epoch of many reports teaches more
    than many epochs of few, and nothing need be done against learning by heart.
    """

    reports: int = 60_000
    seed: int = 1
    batch: int = 16
    learning_rate: float = 2e-3
    warmup: int = 200
    max_source: int = 384
    max_target: int = 128
    threads: int = 1
