"""`python -m local down`: stop the stack, and delete its data if asked to."""

from __future__ import annotations

import argparse

HELP = "stop the stack; uploads and results stay on disk, unless --purge"
DESCRIPTION = (
    "Stops both processes. `up` continues with the data on disk. With --purge, everything that the "
    "stack keeps is deleted: uploads, results, queues, tables, logs, jobs and trained models. "
    "Nothing is deleted if its folder contains anything else."
)
MEGABYTE = 1e6


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    parser.add_argument(
        "--purge", action="store_true", help="also delete everything that the stack keeps"
    )


def run(options: argparse.Namespace) -> int:
    """Stop the stack; with --purge, delete what it keeps."""
    from common.stack_settings import LocalStackSettings
    from local.stack import lifecycle
    from local.verbs.output import say

    settings = LocalStackSettings()
    if options.purge:
        purged = lifecycle.purge(settings)
        size = f"{purged.size / MEGABYTE:.1f} MB"
        folder = settings.state_directory
        say(
            f"deleted {purged.files} files ({size}) from {folder}"
            if purged.files
            else f"there was nothing to delete in {folder}"
        )
    elif not lifecycle.down(settings):
        say("nothing was running")
    return 0
