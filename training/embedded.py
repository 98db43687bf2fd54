"""Trains the embedded model and writes it for the local endpoint.

`python -m training.embedded --out local/models/fine-tuned`: invented reports, a small T5 from
scratch on the CPU, CTranslate2 int8, figures on the held-out examples, a model card.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from training.errors import MissingPackageError, TrainingError
from training.small_t5 import score
from training.small_t5.card import model_card
from training.small_t5.config import PROMPT, Architecture, Schedule
from training.small_t5.convert import check_size, convert, sizes
from training.small_t5.noise import scribble
from training.small_t5.tokenizer import train_tokenizer
from training.small_t5.train import save, train
from training.synthetic import junk, scenarios
from training.synthetic.held_out import held_out
from training.synthetic.stream import training_reports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.synthetic.report import Report

REQUIREMENTS = "training/requirements-train.txt"
NEEDED = {
    "torch": "torch",
    "transformers": "transformers",
    "sentencepiece": "sentencepiece",
    "ctranslate2": "ctranslate2",
    "rouge_score": "rouge-score",
}
CARD = "MODEL_CARD.md"
EXAMPLES = Path("examples")
HELD_OUT = Path("evaluation/held-out.jsonl")
JUNK_SHARE = 0.015
TOKENIZER_REPORTS = 20_000


def parser() -> argparse.ArgumentParser:
    """The command line."""
    default = Schedule()
    top = argparse.ArgumentParser(prog="python -m training.embedded", description=__doc__)
    top.add_argument("--out", type=Path, required=True, help="folder for the model")
    top.add_argument("--examples", type=Path, default=EXAMPLES, help="reports to hold out")
    top.add_argument("--reports", type=int, default=default.reports, help="invented reports")
    top.add_argument("--seed", type=int, default=default.seed)
    top.add_argument("--epochs", type=int, default=default.epochs)
    top.add_argument("--minutes", type=float, default=default.minutes, help="stop after these")
    top.add_argument("--threads", type=int, default=default.threads, help="CPU threads")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Train; 0 when the model is written, 3 when something is missing."""
    chosen = parser().parse_args(arguments)
    plan = replace(
        Schedule(),
        reports=chosen.reports,
        seed=chosen.seed,
        epochs=chosen.epochs,
        minutes=chosen.minutes,
        threads=chosen.threads,
    )
    try:
        check_packages()
        make(chosen.out, chosen.examples, plan, Architecture())
    except TrainingError as error:
        print(error, file=sys.stderr)
        return 3
    return 0


def check_packages() -> None:
    """Raise MissingPackageError for the first package that is not installed."""
    for module, package in NEEDED.items():
        if importlib.util.find_spec(module) is None:
            raise MissingPackageError(package, REQUIREMENTS)


def training_set(plan: Schedule, examples: Path) -> list[Report]:
    """Invented reports and a little junk, none of it in the examples."""
    refused = round(plan.reports * JUNK_SHARE)
    stream = f"train-{plan.seed}"
    invented = list(training_reports(plan.reports - refused, stream, held_out(examples)))
    scribbled = [scribble(report, stream) for report in invented]
    return [*scribbled, *(junk.junk(stream, index) for index in range(refused))]


def make(out: Path, examples: Path, plan: Schedule, shape: Architecture) -> None:
    """Train, convert, measure, and write the model folder with its card."""
    reports = training_set(plan, examples)
    out.mkdir(parents=True, exist_ok=True)
    print(f"data: {len(reports):,} reports, examples held out", file=sys.stderr)
    clean = training_reports(TOKENIZER_REPORTS, f"train-{plan.seed}", held_out(examples))
    tokenizer = train_tokenizer(list(clean), out, shape.pieces)
    outcome = train(reports, tokenizer, shape, plan)
    with tempfile.TemporaryDirectory() as weights:
        save(outcome, weights)
        convert(weights, tokenizer, out)
    lines = (examples / HELD_OUT).read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    tables = score.compare(out, records)
    facts: dict[str, object] = {
        "pieces": tokenizer.vocab_size(),
        "prompt": PROMPT,
        "junk": sum(r.scenario == "junk" for r in reports),
        "command": f"python -m training.embedded --out {out.as_posix()} --reports {plan.reports}"
        f" --seed {plan.seed} --epochs {plan.epochs} --threads {plan.threads}",
        "versions": ", ".join(f"{name} {version(name)}" for name in NEEDED.values()),
        "held_out": len(records),
        "entities": len({e.name for s in scenarios.SCENARIOS for e, _ in s.pool}),
        "longest": score.LONGEST_INPUT,
        "refusal": junk.ANSWER,
    }
    written = {name: size for name, size in sizes(out).items() if name != CARD}
    card = model_card(outcome, shape, plan, tables, facts, written)
    (out / CARD).write_text(card, encoding="utf-8", newline="\n")
    print(f"{out}: {check_size(out):,} bytes", file=sys.stderr)
    for writer, table in tables.items():
        print(json.dumps({"writer": writer, **table}))


if __name__ == "__main__":
    sys.exit(main())
