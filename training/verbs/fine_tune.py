"""`python -m training fine-tune`: starts a training job, or goes on with one."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from training.verbs.options import add_output, add_target, target_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from training.aws import Target
    from training.config import FineTune
    from training.jobs.find import Job

HELP = "fine-tune a model on prepared reports"
DESCRIPTION = (
    "Starts a training job on what `prepare` wrote and waits for it. The same command again finds"
    " the job: one that runs is waited for, one that was killed goes on from its checkpoint."
)
FAILED = 1


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's own options."""
    parser.add_argument(
        "--data", required=True, metavar="DIR", help="what prepare wrote, or s3://bucket/prefix"
    )
    parser.add_argument("--job-name", metavar="NAME", help="default: made of content and time")
    parser.add_argument(
        "--base", metavar="MODEL", help="start from this model folder or s3://….tar.gz"
    )
    parser.add_argument("--epochs", metavar="N", help="short for --hyperparameter epochs=N")
    parser.add_argument(
        "--hyperparameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="may be repeated; a wrong name is answered with the known ones",
    )
    parser.add_argument("--no-wait", action="store_true", help="start the job and return")
    parser.add_argument("--dry-run", action="store_true", help="print the request, start nothing")
    add_output(parser)
    add_target(parser)


def run(options: argparse.Namespace) -> int:
    """Start and wait; 1 when the job failed or was stopped."""
    from training.container import hyperparameters
    from training.errors import SettingError
    from training.fine_tuning import start

    chosen = _hyperparameters(options)
    if options.backend != "local":
        raise SettingError("--backend sagemaker", "is not built yet; use --backend local")
    hyperparameters.read(chosen)  # a wrong one is told now and not by the job
    target = target_of(options)
    config = _config(options, chosen)
    if options.dry_run:
        print(json.dumps(start.dry_run(config, target), indent=1))
        return 0
    started = start.start(config, target)
    if not options.quiet:
        print(f"{started.job_name}: {_WORDS[started.state]}", file=sys.stderr)
    if options.no_wait:
        print(json.dumps({"job": started.job_name}) if options.json else started.job_name)
        return 0
    return _wait(options, target, started.job_name)


_WORDS = {
    "started": "started",
    "resumed": "goes on where an earlier job stopped, from its last checkpoint if it left one",
    "running": "was started before and runs",
    "done": "was done before; the same data, base and hyperparameters make the same model",
}


def _config(options: argparse.Namespace, chosen: Mapping[str, str]) -> FineTune:
    from local.settings import Settings
    from training.fine_tuning import laptop

    return laptop.job(
        options.data,
        f"s3://{Settings().training_bucket}/jobs",
        hyperparameters=chosen,
        job_name=options.job_name,
        base=options.base,
    )


def _hyperparameters(options: argparse.Namespace) -> dict[str, str]:
    from training.errors import SettingError

    chosen = {"epochs": options.epochs} if options.epochs else {}
    for text in options.hyperparameter:
        name, separator, value = text.partition("=")
        if not separator:
            raise SettingError(f"--hyperparameter {text}", "write NAME=VALUE")
        chosen[name] = value
    return chosen


def _wait(options: argparse.Namespace, target: Target, name: str) -> int:
    from local.bars import Bar
    from training.jobs import view
    from training.jobs.follow import wait

    with Bar("training, steps", None, quiet=options.quiet) as bar:
        job: Job = wait(target, name, lambda done, _all: bar.at(done))
    told = view.summary(job)
    print(json.dumps(told) if options.json else view.lines(told))
    if job["TrainingJobStatus"] != "Completed":
        reason = job.get("FailureReason") or "run the same command again to go on"
        print(f"error: {name}: {job['TrainingJobStatus']}: {reason}", file=sys.stderr)
        return FAILED
    return 0
