"""Trains the two embedded models.

`python -m training.embedded --out local/models`: a small T5, pre-trained on invented report texts
by span corruption, then fine-tuned on invented pairs; figures on the held-out examples, cards.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from training.errors import MissingPackageError, TrainingError
from training.small_t5.config import Architecture, Schedule

REQUIREMENTS = "training/requirements-train.txt"
MODULES = ("torch", "transformers", "sentencepiece", "ctranslate2", "safetensors", "rouge_score")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    plan = Schedule()
    top = argparse.ArgumentParser(
        prog="python -m training.embedded",
        description="Train the embedded models on invented reports. Progress goes to stderr, the"
        " held-out ROUGE to stdout as JSON Lines.",
    )
    top.add_argument(
        "--out", type=Path, required=True, help="folder to write pre-trained/ and fine-tuned/ to"
    )
    top.add_argument(
        "--examples", type=Path, default=Path("examples"), help="folder of reports to hold out"
    )
    top.add_argument(
        "--reports", type=_positive, default=plan.reports, help=f"default {plan.reports}"
    )
    top.add_argument("--seed", type=int, default=plan.seed, help=f"default {plan.seed}")
    top.add_argument(
        "--threads", type=_positive, default=plan.threads, help=f"default {plan.threads}"
    )
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Train; 0 when the model is written, 3 when something is missing or wrong."""
    chosen = parser().parse_args(arguments)
    plan = replace(
        Schedule(),
        reports=chosen.reports,
        seed=chosen.seed,
        threads=chosen.threads,
    )
    try:
        check_packages()
        from training.small_t5 import cards, make

        pre_trained, fine_tuned = chosen.out / "pre-trained", chosen.out / "fine-tuned"
        make.pre_train(pre_trained, chosen.examples, plan, Architecture())
        make.fine_tune(fine_tuned, pre_trained, chosen.examples, plan)
        tables = cards.write(chosen.out, chosen.examples, plan, Architecture())
    except TrainingError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    for writer, figures in tables.items():
        sys.stdout.write(json.dumps({"writer": writer, **figures}) + "\n")
    return 0


def check_packages() -> None:
    """Raise MissingPackageError for the first package that is not installed."""
    for module in MODULES:
        if importlib.util.find_spec(module) is None:
            raise MissingPackageError(module.replace("_", "-"), REQUIREMENTS)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is below 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
