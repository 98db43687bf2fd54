"""Trains the two embedded models.

`python -m training.embedded --out local/models` pre-trains a small T5 on synthetic report texts by
span corruption, fine-tunes it on synthetic pairs in two stages, scores both models on the held-out
examples and writes their model cards.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from common.errors import CommandError
from training.errors import MissingPackageError
from training.small_t5.config import Architecture, Schedule

REQUIREMENTS = "training/requirements-train.txt"
MODULES = ("torch", "transformers", "sentencepiece", "ctranslate2", "safetensors", "rouge_score")


def parser() -> argparse.ArgumentParser:
    """The command-line parser."""
    plan = Schedule()
    top = argparse.ArgumentParser(
        prog="python -m training.embedded",
        description="Train the embedded models on synthetic reports. Progress goes to stderr, the"
        " held-out ROUGE to stdout as JSON Lines.",
    )
    top.add_argument(
        "--out", type=Path, required=True, help="output folder for pre-trained/ and fine-tuned/"
    )
    top.add_argument(
        "--examples", type=Path, default=Path("examples"), help="folder of reports to hold out"
    )
    top.add_argument(
        "--reports", type=_positive, default=plan.reports, help=f"default: {plan.reports}"
    )
    top.add_argument("--seed", type=int, default=plan.seed, help=f"default: {plan.seed}")
    top.add_argument(
        "--threads", type=_positive, default=plan.threads, help=f"default: {plan.threads}"
    )
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Train; returns 0 when the models are written, 3 on an error."""
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
        make.broaden(fine_tuned, chosen.examples, plan)
        tables = cards.write(chosen.out, chosen.examples, plan, Architecture())
    except CommandError as error:
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
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
