"""`python -m local …`: the whole system on one machine.

Only the standard library is imported before `reexec`: the command works with any supported Python,
creates the virtual environments on first use, and continues inside them.
"""

from __future__ import annotations

import argparse
import sys
from types import ModuleType

from common import command_line
from local.verbs import demo, down, file, night, redrive, rerun, run, sql, status, up

VERBS: dict[str, ModuleType] = {
    "up": up,
    "down": down,
    "status": status,
    "demo": demo,
    "run": run,
    "file": file,
    "redrive": redrive,
    "rerun": rerun,
    "night": night,
    "sql": sql,
}


def parser() -> argparse.ArgumentParser:
    """The command line of `python -m local`."""
    return command_line.parser(
        "python -m local",
        "The whole system on one machine: local AWS, local SageMaker, real zip.",
        "exit status: 0 success, 1 some records failed, 2 usage error, 3 set-up error",
        VERBS,
    )


def main() -> int:
    """Run one command; returns its exit status."""
    return command_line.main(parser().parse_args(), VERBS, also=("ministack",))


if __name__ == "__main__":
    sys.exit(main())
