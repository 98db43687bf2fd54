"""`python -m training VERB …`: prepare reports, fine-tune, deploy, compare.

Only the standard library is imported before `reexec`, so any supported Python can run it.
"""

from __future__ import annotations

import argparse
import sys
from types import ModuleType

from common import command_line
from training.verbs import deploy, evaluate, fine_tune, metrics, prepare, status, teardown

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
    """The command-line parser."""
    return command_line.parser(
        "python -m training",
        "Fine-tune a model that drafts impressions, on SageMaker or on this machine.",
        "exit status: 0 success, 1 a job or records failed, 2 usage error or --yes required, "
        "3 set-up or AWS error",
        VERBS,
    )


def main() -> int:
    """Run one verb and return its exit status."""
    return command_line.main(parser().parse_args(), VERBS)


if __name__ == "__main__":
    sys.exit(main())
