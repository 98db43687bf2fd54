"""Trains the embedded model and writes it for the local endpoint.

`python -m training.embedded --out local/models/fine-tuned`: invented reports, a small T5 from
scratch on the CPU, CTranslate2 int8, figures on the held-out examples, a model card.
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
MODULES = ("torch", "transformers", "sentencepiece", "ctranslate2", "rouge_score")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    plan = Schedule()
    top = argparse.ArgumentParser(
        prog="python -m training.embedded",
        description="Train the embedded model on invented reports. Progress goes to stderr, the"
        " held-out ROUGE to stdout as JSON Lines.",
    )
    top.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    top.add_argument(
        "--examples", type=Path, default=Path("examples"), help="folder of reports to hold out"
    )
    top.add_argument(
        "--reports", type=_positive, default=plan.reports, help=f"default {plan.reports}"
    )
    top.add_argument("--seed", type=int, default=plan.seed, help=f"default {plan.seed}")
    top.add_argument("--epochs", type=_positive, default=plan.epochs, help=f"default {plan.epochs}")
    top.add_argument(
        "--minutes",
        type=float,
        default=plan.minutes,
        help=f"stop training after this long, done or not; default {plan.minutes:g}",
    )
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
        epochs=chosen.epochs,
        minutes=chosen.minutes,
        threads=chosen.threads,
    )
    try:
        check_packages()
        from training.small_t5.make import make

        tables = make(chosen.out, chosen.examples, plan, Architecture())
    except TrainingError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    for writer, table in tables.items():
        sys.stdout.write(json.dumps({"writer": writer, **table}) + "\n")
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
