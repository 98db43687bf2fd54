"""The verbs of `python -m local`: each prints to stdout and returns its exit status."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics import __main__ as analytics
from analytics.verbs import sql as sql_verb
from analytics.verbs.where import LOCAL
from local import demo as demonstration
from local import invoking
from local import run as running
from local import stack as stacks
from local.errors import ProcessError, StalledError, UsageError
from local.settings import Settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

EXIT_DONE, EXIT_SOME_FAILED, EXIT_SET_UP = 0, 1, 3


def up() -> int:
    """Start and deploy; print where everything is."""
    _say(_places(stacks.up(Settings())))
    return EXIT_DONE


def down() -> int:
    """Stop the stack."""
    if not stacks.down(Settings()):
        _say("nothing was running")
    return EXIT_DONE


def status() -> int:
    """Print health, places and depths; 3 unless all is well."""
    found = stacks.status(Settings())
    _say(f"local AWS (MiniStack)     {_word(ok=found.ministack)}")
    _say(f"local SageMaker runtime   {_word(ok=found.sagemaker)}")
    if found.stack is not None:
        _say(_places(found.stack))
    if found.queue_visible is not None:
        waiting = f"{found.queue_visible} waiting, {found.queue_in_flight} in work"
        _say(f"work queue                {waiting}, {found.dead_letters} dead letters")
        if found.stack is not None and found.stack.outputs.operate_function:
            _say(_states(invoking.operate(found.stack, "counts")))
    if found.dead_letters:
        sys.stderr.write("messages were given up on: docs/runbook.md says what to do\n")
    elif not found.healthy:
        sys.stderr.write("not all is well: `python -m local up` starts what is down\n")
    return EXIT_DONE if found.healthy else EXIT_SET_UP


def files(key: str) -> int:
    """Print one file's state."""
    _say(_document(invoking.operate(_running(), "file", key=key)))
    return EXIT_DONE


def redrive() -> int:
    """Send what was given up back to the work queue."""
    _say(_document(invoking.operate(_running(), "redrive")))
    return EXIT_DONE


def rerun(place: str, token: str | None) -> int:
    """Have a file, or all below a prefix that ends in a slash, drafted anew."""
    named = {"prefix" if place.endswith("/") else "key": place}
    given = {} if token is None else {"token": token}
    _say(_document(invoking.operate(_running(), "rerun", **named, **given)))
    return EXIT_DONE


def night() -> int:
    """Run the night now; its job goes on by itself."""
    _say(_document(invoking.run_night(_running())))
    return EXIT_DONE


def run(  # noqa: PLR0913 - the options of the command
    paths: Sequence[str],
    *,
    lane: str,
    dataset: str | None,
    models: Sequence[str],
    json_path: str | None,
    quiet: bool,
) -> int:
    """Drop files, wait, print; 1 when a record failed."""
    running.check_models(models)
    if json_path is not None and not Path(json_path).resolve().parent.is_dir():
        message = f"--json {json_path}: its folder does not exist"
        raise UsageError(message)
    stack = _running()
    try:
        night = partial(invoking.run_night, stack) if lane == running.NIGHTLY else None
        report = running.run(
            stack,
            paths,
            lane=lane,
            dataset=dataset,
            models=models,
            quiet=quiet,
            night=night,
        )
    except StalledError as error:
        sys.stderr.write(f"error: {error}\n")
        return EXIT_SOME_FAILED
    if json_path is not None:
        _write(Path(json_path), json.dumps(report.as_json(), indent=1) + "\n")
    _say(report.as_text())
    return EXIT_SOME_FAILED if report.failed else EXIT_DONE


def _running() -> stacks.Stack:
    """The stack, which must be up."""
    settings = Settings()
    found = stacks.status(settings)
    if found.stack is None or not (found.ministack and found.sagemaker):
        message = "the local stack is not up: run `python -m local up` first"
        raise ProcessError(message, settings.logs_directory)
    if not found.stack.outputs.operate_function:
        message = "the local stack is of an earlier release: run `python -m local up` again"
        raise ProcessError(message, settings.logs_directory)
    return found.stack


def sql(options: argparse.Namespace) -> int:
    """Run Athena SQL on this stack's lake; the exit status is that of `python -m analytics sql`."""
    options.lake = LOCAL
    return analytics.run(sql_verb, options)


def demo() -> int:
    """The whole job on examples/, in a stack of its own that is gone afterwards."""
    demonstration.demo(Settings(), _say)
    return EXIT_DONE


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _document(told: dict[str, Any]) -> str:
    return json.dumps(told, indent=1, ensure_ascii=False)


def _states(told: dict[str, Any]) -> str:
    files = ", ".join(f"{count} {state}" for state, count in told["files"].items()) or "none"
    nights = [
        f"night {one['name']:<20} {one['state']}, {one['objects']} files, {one['records']} records"
        for one in told["nights"]
    ]
    return "\n".join([f"files                     {files}", *nights])


def _word(*, ok: bool) -> str:
    return "up" if ok else "down"


def _places(stack: stacks.Stack) -> str:
    return "\n".join(
        (
            f"AWS endpoint              {stack.aws_url}",
            f"with SageMaker            {stack.front_url}",
            f"landing bucket            {stack.outputs.landing_bucket}",
            f"results bucket            {stack.outputs.results_bucket}",
        )
    )


def _write(path: Path, text: str) -> None:
    """Write in one step: a reader sees no half of it."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
