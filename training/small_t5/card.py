"""Writes the model card from the figures of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.small_t5.score import METRICS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from training.small_t5.config import Architecture, Schedule
    from training.small_t5.score import Table
    from training.small_t5.train import Outcome

_CARD = """\
# Model card: the embedded demonstration model

A T5 of {parameters:,} parameters that writes the impression of a chest X-ray report from its
findings. It exists so that the whole system can run on a laptop, with no AWS account and no
download, against a model that truly answers.

**It is not a medical device. It has never seen a real report.** Every report it was trained on was
invented by `training/synthetic/`; on real reports it is wrong often. Never use what it writes for
the care of a patient.

| | |
|---|---|
| Task | findings of a chest X-ray in, impression out; English only |
| Architecture | T5, {layers}+{layers} layers, d_model {d_model}, {heads} heads, gated-gelu of {d_ff} |
| Tokenizer | SentencePiece byte pairs, {pieces:,} pieces |
| Format | CTranslate2 int8, with `sentencepiece.model` beside it |
| Input | `{prompt}` |
| Data | {reports:,} invented reports of the stream `train-{seed}`, {junk:,} of them junk that is to \
be refused; findings that occur in `examples/` were dropped |
| Seed | {seed} |
| Training | {steps:,} steps of {batch}, {epochs} epochs, AdamW {rate:g}, {threads} CPU threads, \
{minutes:.1f} minutes{early} |
| Command | `{command}` |
| Made with | {versions} |
| Licence | Apache-2.0 |

## Files

| file | bytes |
|---|---:|
{files}

## Held-out ROUGE

`examples/evaluation/held-out.jsonl`: {held_out} invented reports that training never saw, from the
same generator. Mean F1 of `rouge-score`, no stemmer, measured on the int8 weights. `normal`: the
reference opens like "No acute…" or "Normal…" and has at most nine words.

{scores}

The generator gives wording away more readily than a radiologist does, so these figures say that the
pipeline works and nothing about real reports. Expect far less there, least of all where something
is wrong with the patient.

## Limits

- Knows about {entities} kinds of thing on a chest film, and none outside it.
- Input is cut at {longest} pieces; what comes later is not read.
- Text that is no findings is meant to earn "{refusal}" That is a habit, not a guarantee.
"""


def score_table(tables: Mapping[str, Table]) -> str:
    """A Markdown table of ROUGE by writer and stratum."""
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
    tables: Mapping[str, Table],
    facts: Mapping[str, object],
    sizes: Mapping[str, int],
) -> str:
    """The card's Markdown."""
    files = "\n".join(f"| `{name}` | {size:,} |" for name, size in sizes.items())
    return _CARD.format(
        parameters=outcome.parameters,
        layers=shape.layers,
        d_model=shape.d_model,
        heads=shape.heads,
        d_ff=shape.d_ff,
        reports=plan.reports,
        seed=plan.seed,
        steps=outcome.steps,
        batch=plan.batch,
        epochs=plan.epochs,
        rate=plan.learning_rate,
        threads=plan.threads,
        minutes=outcome.seconds / 60,
        early=", stopped by the time limit" if outcome.stopped_early else "",
        files=files,
        scores=score_table(tables),
        **facts,
    )
