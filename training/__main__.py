"""`python -m training VERB …`: prepare reports, fine-tune, deploy, compare.

Only the standard library is imported before `reexec`, so that any supported Python will do.
"""

from __future__ import annotations

import argparse
import sys
from types import ModuleType

from local import environments
from local.errors import LocalError
from training.errors import TrainingError
from training.verbs import deploy, evaluate, fine_tune, metrics, prepare, status, teardown

EXIT_DONE, EXIT_USAGE, EXIT_SET_UP = 0, 2, 3
INTERRUPTED = 130
VERBS: dict[str, ModuleType] = {
    "prepare": prepare,
    "fine-tune": fine_tune,
    "status": status,
    "metrics": metrics,
    "deploy": deploy,
    "evaluate": evaluate,
    "teardown": teardown,
}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python -m training",
        description="Fine-tune a model that drafts impressions, on SageMaker or on this machine.",
        epilog="exit status: 0 done, 2 usage, 3 something cannot be used, or AWS refused",
    )
    verbs = made.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, module in VERBS.items():
        module.arguments(verbs.add_parser(name, help=module.HELP, description=module.DESCRIPTION))
    return made


def main() -> int:
    """Run one verb; returns its exit status."""
    options = parser().parse_args()
    verb = VERBS[options.verb]
    try:
        environments.reexec(_environment(verb, options))
        status: int = verb.run(options)
    except (TrainingError, LocalError) as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_SET_UP
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    return status


def _environment(verb: ModuleType, options: argparse.Namespace) -> str:
    """The virtual environment that a verb needs: `run` unless it says another."""
    chooses = getattr(verb, "environment", None)
    return str(chooses(options)) if chooses else "run"


if __name__ == "__main__":
    sys.exit(main())
