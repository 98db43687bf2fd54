"""`python -m analytics VERB …`: build, lint, report, sql.

Only the standard library is imported before `reexec`, so that any supported Python will do.
"""

from __future__ import annotations

import argparse
import sys
from types import ModuleType

from analytics.errors import AnalyticsError, LintError, UsageError
from analytics.verbs import build, lint, report, sql
from local import environments
from local.errors import LocalError

EXIT_DONE, EXIT_FINDINGS, EXIT_USAGE, EXIT_SET_UP = 0, 1, 2, 3
INTERRUPTED = 130
VERBS: dict[str, ModuleType] = {"build": build, "lint": lint, "report": report, "sql": sql}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python -m analytics",
        description="Tables, SQL and dashboards as code; a local Athena; a page to look at.",
        epilog="exit status: 0 done, 1 lint has findings, 2 usage, 3 something cannot be read",
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
        environments.reexec(verb.ENVIRONMENT)
        return run(verb, options)
    except LocalError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_SET_UP
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


def run(verb: ModuleType, options: argparse.Namespace) -> int:
    """Run a verb inside its environment, errors as one line."""
    from training.errors import TrainingError  # the door to AWS is training's

    try:
        status: int = verb.run(options)
    except LintError as error:
        print(*error.findings, sep="\n")
        print(f"error: {error}", file=sys.stderr)
        return EXIT_FINDINGS
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_USAGE
    except (AnalyticsError, TrainingError) as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_SET_UP
    return status


if __name__ == "__main__":
    sys.exit(main())
