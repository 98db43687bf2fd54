"""Writes the model card from the figures of a training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from training.small_t5.config import PROMPT, Architecture, Schedule
from training.small_t5.score import LONGEST_INPUT, METRICS, Table
from training.small_t5.train import Outcome
from training.synthetic.junk import ANSWER
from training.synthetic.scenarios import SCENARIOS

_CARD = """\
# Model card: the embedded demonstration model

A T5 of {parameters:,} parameters that writes the impression of a chest X-ray report from its
findings. It exists so that the whole system can run on a laptop, with no AWS account and no
download, against a model that truly answers.

**It is not a medical device. It has never seen a real report.** Every report it was trained on was
invented by `training/synthetic/`; on real reports it is often wrong. Never use what it writes for
the care of a patient.

| | |
|---|---|
| Task | findings of a chest X-ray in, impression out; English only |
| Architecture | T5, {layers}+{layers} layers, d_model {d_model}, {heads} heads, gated-gelu {d_ff} |
| Tokenizer | SentencePiece byte pairs, {pieces:,} pieces |
| Format | CTranslate2 int8, with `sentencepiece.model` beside it |
| Input | `{prompt}` |
| Data | {reports:,} invented reports of the stream `train-{seed}`, {refused:,} of them junk to be \
refused; whatever occurs in `examples/` was dropped |
| Seed | {seed} |
| Training | from scratch: {steps:,} steps of {batch}, {epochs} epoch(s), AdamW, learning rate \
{learning_rate:g}, {threads} CPU threads, {minutes:.0f} minutes{early} |
| Command | `{command}` |
| Made with | {versions} |
| Licence | Apache-2.0 |

## Files

| file | bytes |
|---|---:|
{files}

## Held-out ROUGE

`examples/evaluation/held-out.jsonl`: {held_out} invented reports of the same generator that
training never saw. Mean F1 of `rouge-score`, no stemmer, measured on the int8 weights; beam 10 with
patience 2. A report is `normal` when its reference opens like "No acute…" or "Normal…" and has at
most nine words.

{scores}

The generator's wording is easier to foresee than a radiologist's, so these figures show that the
system works and say nothing about real reports. Expect far less there, least of all where something
is wrong with the patient.

## Limits

- Knows {entities} kinds of things on a chest film, and none outside them.
- Input is cut at {longest} pieces; what comes later is not read.
- At times it names the wrong side or size, leaves a finding out, or adds one.
- Text that is no findings is meant to earn "{answer}" That is a habit, not a guarantee.
"""


@dataclass(frozen=True)
class Facts:
    """What the card says beyond settings and figures; `sizes` in bytes by file name."""

    pieces: int
    junk: int
    held_out: int
    versions: str
    command: str
    sizes: Mapping[str, int]


def score_table(tables: Mapping[str, Table]) -> str:
    """A Markdown table of ROUGE by stratum and writer."""
    lines = ["| | reports | ROUGE-1 | ROUGE-2 | ROUGE-L |", "|---|---:|---:|---:|---:|"]
    for stratum in ("all", "normal", "abnormal"):
        for writer, table in tables.items():
            row = table[stratum]
            cells = " | ".join(f"{row[metric]:.3f}" for metric in METRICS)
            lines.append(f"| {stratum}, {writer} | {row['reports']:.0f} | {cells} |")
    return "\n".join(lines)


def model_card(
    outcome: Outcome,
    shape: Architecture,
    plan: Schedule,
    facts: Facts,
    tables: Mapping[str, Table],
) -> str:
    """The card's Markdown."""
    settings = {**asdict(plan), **asdict(shape), **asdict(facts)}
    settings |= {
        "parameters": outcome.parameters,
        "steps": outcome.steps,
        "minutes": outcome.seconds / 60,
        "early": ", stopped by the time limit" if outcome.stopped_early else "",
        "prompt": PROMPT,
        "refused": facts.junk,
        "files": "\n".join(f"| `{name}` | {size:,} |" for name, size in facts.sizes.items()),
        "scores": score_table(tables),
        "entities": len({entity.name for s in SCENARIOS for entity, _ in s.pool}),
        "longest": LONGEST_INPUT,
        "answer": ANSWER,
    }
    return _CARD.format(**settings)
