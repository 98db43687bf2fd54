"""`python -m local status`: health, URLs, queue depths and files by state."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from common.errors import EXIT_DONE, EXIT_SET_UP

HELP = "show what is running and where, and how much work is queued"
DESCRIPTION = "Shows health, URLs, queue depths and files by state; exit status 3 unless healthy."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb has no options."""


def run(_options: argparse.Namespace) -> int:
    """Print the status; returns 3 unless everything is healthy."""
    from common.stack_settings import LocalStackSettings
    from local.client import invoke
    from local.stack import lifecycle
    from local.verbs.output import places, say

    found = lifecycle.status(LocalStackSettings())
    say(f"local AWS (MiniStack)     {_word(ok=found.ministack)}")
    say(f"local SageMaker runtime   {_word(ok=found.sagemaker)}")
    if found.stack is not None:
        say(places(found.stack))
    if found.queue_visible is not None:
        waiting = f"{found.queue_visible} waiting, {found.queue_in_flight} in flight"
        say(f"work queue                {waiting}, {found.dead_letters} dead letters")
        if found.stack is not None and found.stack.outputs.operate_function:
            say(_states(invoke.operate(found.stack, "counts")))
    if found.dead_letters:
        sys.stderr.write("there are dead letters: see docs/runbook.md for what to do\n")
    elif not found.healthy:
        sys.stderr.write("not everything is up: `python -m local up` starts what is down\n")
    return EXIT_DONE if found.healthy else EXIT_SET_UP


def _states(counts: dict[str, Any]) -> str:
    files = ", ".join(f"{count} {state}" for state, count in counts["files"].items()) or "none"
    batches = [
        f"nightly batch             {one['name']} {one['state']}, {one['objects']} files, "
        f"{one['records']} records"
        for one in counts["nights"]
    ]
    return "\n".join([f"files                     {files}", *batches])


def _word(*, ok: bool) -> str:
    return "up" if ok else "down"
