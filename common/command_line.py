"""The common `main()` of packages with verbs: parse, enter the environment, run, report errors.

A verb is a module with `HELP`, `DESCRIPTION`, `arguments(parser)`, `run(options) -> exit status`
and, if it needs another environment than `run`, `environment(options) -> environment name`.
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
    """The command line of a package, with one subcommand per verb."""
    new = argparse.ArgumentParser(prog=prog, description=description, epilog=epilog)
    subcommands = new.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, module in verbs.items():
        module.arguments(
            subcommands.add_parser(name, help=module.HELP, description=module.DESCRIPTION)
        )
    return new


def main(
    options: argparse.Namespace, verbs: Mapping[str, ModuleType], also: Sequence[str] = ()
) -> int:
    """Run the selected verb; returns its exit status.

    `also` names environments that will be needed later; they are created in parallel.
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
    """Run a verb inside its environment; an error is reported on one line."""
    try:
        status: int = verb.run(options)
    except CommandError as error:
        return report(error)
    except KeyboardInterrupt:
        return _interrupted()
    return status


def report(error: CommandError) -> int:
    """Print an error, and its findings (if any) on stdout; returns its exit status."""
    for finding in getattr(error, "findings", ()):
        sys.stdout.write(f"{finding}\n")
    sys.stderr.write(f"error: {error}\n")
    return error.exit_status


def _interrupted() -> int:
    sys.stderr.write("interrupted\n")
    return INTERRUPTED
