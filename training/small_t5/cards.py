"""The committed models' cards, from figures measured on the held-out examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from safetensors.numpy import load_file

from training.small_t5 import make, score
from training.small_t5.config import PROMPT, Architecture, Schedule
from training.small_t5.score import LONGEST_INPUT, METRICS, Table
from training.small_t5.size import CARD, check_size, sizes
from training.synthetic.junk import ANSWER
from training.synthetic.scenarios import SCENARIOS

PACKAGES = ("torch", "transformers", "sentencepiece", "ctranslate2", "rouge-score")
_TASKS = {
    "pre-trained": "span corruption on invented report texts; was never asked for an impression",
    "fine-tuned": "findings of a chest X-ray in, impression out; English only",
}
_STARTS = {"pre-trained": "random weights", "fine-tuned": "`local/models/pre-trained`"}

_CARD = """\
# Model card: the embedded {role} model

One of two T5s of {parameters:,} parameters that come with the project, so that the whole system can
run on a laptop, with no AWS account and no download, and the pre-trained model be compared with the
fine-tuned one, as in the article.

**It is not a medical device. It has never seen a real report.** Every report it was trained on was
invented by `training/synthetic/`; on real reports it is often wrong. Never use what it writes for
the care of a patient.

| | |
|---|---|
| Task | {task} |
| Starts from | {start} |
| Architecture | T5, {layers}+{layers} layers, d_model {d_model}, {heads} heads, gated-gelu {d_ff} |
| Tokenizer | SentencePiece byte pairs and T5's sentinels, {pieces:,} pieces |
| Format | transformers' `config.json` and `model.safetensors` (16-bit floats); served as int8 |
| Input | `{prompt}` |
| Data | {reports:,} invented reports of the stream `train-{seed}`; whatever occurs in `examples/` \
was dropped |
| Training | one epoch, batches of {batch}, AdamW, learning rate {learning_rate:g}, seed {seed}, \
{threads} CPU thread(s) |
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
- Fine-tuned, text that is no findings is meant to earn "{answer}" That is a habit, not a guarantee.
"""


def write(models: Path, examples: Path, plan: Schedule, shape: Architecture) -> dict[str, Table]:
    """Measure both models and write their cards; returns the fine-tuned one's figures by writer.

    Raises:
        ExamplesError: when the examples cannot be read.
        ModelTooLargeError: when a folder is over the limit.
    """
    records = make.held_out_records(examples)
    tables: dict[str, Table] = {}
    for role in _TASKS:
        folder = models / role
        tables = score.compare(folder, records)
        card = text(role, sizes(folder), tables, plan, shape, len(records), models)
        (folder / CARD).write_text(card, encoding="utf-8", newline="\n")
        check_size(folder)
    return tables


def text(  # noqa: PLR0913, PLR0917  # what a card says
    role: str,
    files: Mapping[str, int],
    tables: Mapping[str, Table],
    plan: Schedule,
    shape: Architecture,
    held_out: int,
    models: Path,
) -> str:
    """A card's Markdown."""
    settings = {**asdict(plan), **asdict(shape)}
    settings |= {
        "role": role,
        "task": _TASKS[role],
        "start": _STARTS[role],
        "parameters": parameters(models / role),
        "prompt": PROMPT,
        "held_out": held_out,
        "command": f"python -m training.embedded --out {models.as_posix()}"
        f" --reports {plan.reports} --seed {plan.seed} --threads {plan.threads}",
        "versions": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "files": "\n".join(f"| `{name}` | {size:,} |" for name, size in files.items()),
        "scores": score_table(tables),
        "entities": len({entity.name for s in SCENARIOS for entity, _ in s.pool}),
        "longest": LONGEST_INPUT,
        "answer": ANSWER,
    }
    return _CARD.format(**settings)


def parameters(folder: Path) -> int:
    """How many numbers the weights are."""
    return sum(tensor.size for tensor in load_file(folder / "model.safetensors").values())


def score_table(tables: Mapping[str, Table]) -> str:
    """A Markdown table of ROUGE by stratum and writer."""
    lines = ["| | reports | ROUGE-1 | ROUGE-2 | ROUGE-L |", "|---|---:|---:|---:|---:|"]
    for stratum in ("all", "normal", "abnormal"):
        for writer, table in tables.items():
            row = table[stratum]
            cells = " | ".join(f"{row[metric]:.3f}" for metric in METRICS)
            lines.append(f"| {stratum}, {writer} | {row['reports']:.0f} | {cells} |")
    return "\n".join(lines)
