"""Makes the model folder: data, tokenizer, training, conversion, figures, card."""

from __future__ import annotations

import json
import tempfile
from importlib.metadata import version
from pathlib import Path

from training.errors import ExamplesError
from training.small_t5 import score
from training.small_t5.card import Facts, model_card
from training.small_t5.config import Architecture, Schedule
from training.small_t5.convert import check_size, convert, sizes
from training.small_t5.noise import scribble
from training.small_t5.progress import say
from training.small_t5.tokenizer import train_tokenizer
from training.small_t5.train import save, train
from training.synthetic import junk
from training.synthetic.held_out import held_out
from training.synthetic.report import Report
from training.synthetic.stream import training_reports

CARD = "MODEL_CARD.md"
HELD_OUT = Path("evaluation/held-out.jsonl")
JUNK_SHARE = 0.015
TOKENIZER_REPORTS = 20_000
PACKAGES = ("torch", "transformers", "sentencepiece", "ctranslate2", "rouge-score")


def stream_name(seed: int) -> str:
    """The name of the stream of reports that a training seed reads."""
    return f"train-{seed}"


def training_set(plan: Schedule, examples: Path) -> list[Report]:
    """Invented reports, some scribbled on, and a little junk; none of it in the examples."""
    refused = round(plan.reports * JUNK_SHARE)
    stream = stream_name(plan.seed)
    invented = training_reports(plan.reports - refused, stream, held_out(examples))
    return [
        *(scribble(report, stream) for report in invented),
        *(junk.junk(stream, index) for index in range(refused)),
    ]


def make(out: Path, examples: Path, plan: Schedule, shape: Architecture) -> dict[str, score.Table]:
    """Write the model folder; returns the held-out figures by writer.

    Raises:
        ExamplesError: when the examples cannot be read.
        ModelTooLargeError: when the folder is over the limit.
    """
    reports = training_set(plan, examples)
    records = held_out_records(examples)
    say(f"data: {len(reports):,} reports, examples held out")

    out.mkdir(parents=True, exist_ok=True)
    clean = training_reports(TOKENIZER_REPORTS, stream_name(plan.seed), held_out(examples))
    tokenizer = train_tokenizer(list(clean), out, shape.pieces)
    outcome = train(reports, tokenizer, shape, plan)
    with tempfile.TemporaryDirectory() as weights:
        save(outcome, weights)
        convert(weights, tokenizer, out)

    tables = score.compare(out, records)
    facts = Facts(
        pieces=tokenizer.vocab_size(),
        junk=sum(report.scenario == "junk" for report in reports),
        held_out=len(records),
        versions=", ".join(f"{name} {version(name)}" for name in PACKAGES),
        command=f"python -m training.embedded --out {out.as_posix()} --reports {plan.reports}"
        f" --seed {plan.seed} --epochs {plan.epochs} --threads {plan.threads}",
        sizes={name: size for name, size in sizes(out).items() if name != CARD},
    )
    card = model_card(outcome, shape, plan, facts, tables)
    (out / CARD).write_text(card, encoding="utf-8", newline="\n")
    say(f"{out}: {check_size(out):,} bytes")
    return tables


def held_out_records(examples: Path) -> list[dict[str, str]]:
    """The records that the figures are measured on.

    Raises:
        ExamplesError: when the file is missing or broken.
    """
    path = examples / HELD_OUT
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise ExamplesError(path, str(error)) from error
