"""`python -m analytics VERB …`: build, lint, report, sql.

Only the standard library is imported before `reexec`, so that any supported Python will do.
"""

from __future__ import annotations

import argparse
import sys
from types import ModuleType

from analytics.verbs import build, lint, report, sql
from common import command_line

VERBS: dict[str, ModuleType] = {"build": build, "lint": lint, "report": report, "sql": sql}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    return command_line.parser(
        "python -m analytics",
        "Tables, SQL and dashboards as code; a local Athena; an HTML report.",
        "exit status: 0 done, 1 lint has findings, 2 usage, 3 something cannot be read",
        VERBS,
    )


def main() -> int:
    """Run one verb; returns its exit status."""
    return command_line.main(parser().parse_args(), VERBS)


if __name__ == "__main__":
    sys.exit(main())
