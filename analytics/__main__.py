"""`python -m analytics VERB …`: build, lint, report, sql.

Only the standard library is imported before `reexec`, so any supported Python can run it.
"""

from __future__ import annotations

import argparse
import sys
from types import ModuleType

from analytics.verbs import build, lint, report, sql
from common import command_line

VERBS: dict[str, ModuleType] = {"build": build, "lint": lint, "report": report, "sql": sql}


def parser() -> argparse.ArgumentParser:
    """The command-line parser."""
    return command_line.parser(
        "python -m analytics",
        "Tables, SQL and dashboards as code; a local Athena; an HTML report.",
        "exit status: 0 success, 1 lint findings, 2 usage error, 3 any other error",
        VERBS,
    )


def main() -> int:
    """Run one verb and return its exit status."""
    return command_line.main(parser().parse_args(), VERBS)


if __name__ == "__main__":
    sys.exit(main())
