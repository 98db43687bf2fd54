"""The one `main()` of the packages with verbs: parse, enter the environment, run, report.

A verb is a module with `HELP`, `DESCRIPTION`, `arguments(parser)`, `run(options) -> exit status`
and, unless `run` will do, `environment(options) -> name of its virtual environment`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType

from common import environments
from common.errors import CommandError

INTERRUPTED = 130
DEFAULT_ENVIRONMENT = "run"


def parser(
    prog: str, description: str, epilog: str, verbs: Mapping[str, ModuleType]
) -> argparse.ArgumentParser:
    """The command line of a package, a subcommand per verb."""
    made = argparse.ArgumentParser(prog=prog, description=description, epilog=epilog)
    subcommands = made.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, module in verbs.items():
        module.arguments(
            subcommands.add_parser(name, help=module.HELP, description=module.DESCRIPTION)
        )
    return made


def main(
    options: argparse.Namespace, verbs: Mapping[str, ModuleType], also: Sequence[str] = ()
) -> int:
    """Run the verb that was parsed; returns its exit status.

    `also` names environments that the verb will need soon; they are made at the same time.
    """
    verb = verbs[options.verb]
    chooses = getattr(verb, "environment", None)
    try:
        environments.reexec(chooses(options) if chooses else DEFAULT_ENVIRONMENT, also)
    except CommandError as error:
        return report(error)
    except KeyboardInterrupt:
        return _interrupted()
    return run(verb, options)


def run(verb: ModuleType, options: argparse.Namespace) -> int:
    """Run a verb inside its environment; errors become one line."""
    try:
        status: int = verb.run(options)
    except CommandError as error:
        return report(error)
    except KeyboardInterrupt:
        return _interrupted()
    return status


def report(error: CommandError) -> int:
    """Print an error, and the findings that it carries on stdout; returns its exit status."""
    for finding in getattr(error, "findings", ()):
        sys.stdout.write(f"{finding}\n")
    sys.stderr.write(f"error: {error}\n")
    return error.exit_status


def _interrupted() -> int:
    sys.stderr.write("interrupted\n")
    return INTERRUPTED
