"""The settings of the embedded models."""

from __future__ import annotations

from dataclasses import dataclass, replace

# The system's default prompt: the model is trained on exactly the prompts that it will receive.
PROMPT = (
    "Generate radiology report impressions based on the following findings. Findings: {findings}"
)
SIZE_LIMIT = 4_000_000
BROADENING_SHARE = 1 / 4


def prompted(findings: str) -> str:
    """The model's whole input for findings; braces in them are kept."""
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
    """How each of the two models is trained; lengths are in tokens.

    No report is seen twice: the generator is unlimited, so one epoch over many reports teaches more
    than many epochs over few, and overfitting is not a concern. The last stage, on everyday
    reports, has a quarter of the reports.
    """

    reports: int = 60_000
    seed: int = 1
    batch: int = 16
    learning_rate: float = 2e-3
    warmup: int = 200
    max_source: int = 384
    max_target: int = 128
    threads: int = 1

    @property
    def broadening(self) -> Schedule:
        """The schedule of the last stage."""
        reports = max(1, round(self.reports * BROADENING_SHARE))
        return replace(self, reports=reports)
