"""`python -m training fine-tune`: start a training job, or resume one."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from training.verbs.fine_tune_settings import add_sagemaker_options, config_of
from training.verbs.options import (
    NEEDS_YES,
    add_billing,
    add_output,
    add_target,
    sagemaker_environment,
    target_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from common.aws import Target
    from training.config import FineTune
    from training.fine_tuning.started import Started
    from training.jobs.find import Job

HELP = "fine-tune a model on prepared reports"
DESCRIPTION = (
    "Starts a training job on the output of `prepare`. Repeating the command finds the same job: a"
    " running one is reported, a finished one is not paid for twice, and a killed local one resumes"
    " from its checkpoint. SageMaker costs money: --dry-run shows the request, --yes sends it."
    " If there is no capacity for the first instance type, the next one is tried; with --wait also"
    " if that shows only minutes after the start."
)
FAILED = 1

environment = sagemaker_environment


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's own options."""
    parser.add_argument(
        "--data",
        required=True,
        metavar="DIR",
        help="the output of prepare: a folder or s3://bucket/prefix",
    )
    parser.add_argument("--job-name", metavar="NAME", help="default: derived from content and time")
    parser.add_argument(
        "--base", metavar="MODEL", help="start from this model: a folder or s3://….tar.gz"
    )
    parser.add_argument("--epochs", metavar="N", help="short for --hyperparameter epochs=N")
    parser.add_argument(
        "--max-output-length",
        metavar="N",
        help="short for --hyperparameter max_output_length=N: tokens of an impression",
    )
    parser.add_argument(
        "--hyperparameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="may be repeated; the error for an unknown name lists the known ones",
    )
    parser.add_argument(
        "--wait",
        action=argparse.BooleanOptionalAction,
        help="wait until the job has ended (default: only with --backend local)",
    )
    add_billing(parser)
    add_output(parser)
    add_target(parser)
    add_sagemaker_options(parser)


def run(options: argparse.Namespace) -> int:
    """Start and wait; returns 1 if the job failed or was stopped, 2 if --yes is required."""
    from training.fine_tuning import start

    is_local = options.backend == "local"
    config = config_of(options)
    target = target_of(options)
    if options.dry_run or not (is_local or options.yes):
        # Composed even if it is not shown: errors are reported before --yes is given.
        requests = start.dry_runs(config, target, _note)
        return _show(options, start.price(config, target), requests)
    started = start.start(config, target, _note)
    _say_state(options, started)
    if is_local if options.wait is None else options.wait:
        return _wait(options, config, target, started)
    _print_result(options, started)
    return 0


_WORDS = {
    "started": "started",
    "resumed": "resumed an earlier job, from its last checkpoint if there is one",
    "running": "already running",
    "done": "already done; the same data, base model and hyperparameters give the same model",
}


def _note(text: str) -> None:
    print(f"note: {text}", file=sys.stderr)


def _say_state(options: argparse.Namespace, started: Started) -> None:
    if not options.quiet:
        print(f"{started.job_name}: {_WORDS[started.state]}", file=sys.stderr)


def _show(options: argparse.Namespace, price: str, requests: Sequence[object]) -> int:
    print(price, file=sys.stderr)
    if options.dry_run:
        # Several instance types: the requests in the order in which they would be tried.
        print(json.dumps(requests[0] if len(requests) == 1 else requests, indent=1))
        return 0
    print("nothing was started: check with --dry-run, then add --yes", file=sys.stderr)
    return NEEDS_YES


def _print_result(options: argparse.Namespace, started: Started) -> None:
    values = {"job": started.job_name, "state": started.state}
    print(json.dumps(values) if options.json else started.job_name)
    if not options.quiet:
        print(
            f"follow it: python -m training metrics --follow --job {started.job_name}",
            file=sys.stderr,
        )


def _wait(options: argparse.Namespace, config: FineTune, target: Target, started: Started) -> int:
    from training.fine_tuning import capacity, start
    from training.jobs import view

    job = _ended(options, target, started.job_name)
    while capacity.is_failure(job) and started.next_types:
        _note(f"{_reason(job)}; trying {started.next_types[0]}")
        started = start.start(config, target, _note, job["ResourceConfig"]["InstanceType"])
        _say_state(options, started)
        job = _ended(options, target, started.job_name)
    summary = view.summary(job)
    print(json.dumps(summary) if options.json else view.lines(summary))
    if job["TrainingJobStatus"] != "Completed":
        advice = f"; {started.advice}" if capacity.is_failure(job) and started.advice else ""
        print(f"error: {_reason(job)}{advice}", file=sys.stderr)
        return FAILED
    return 0


def _ended(options: argparse.Namespace, target: Target, name: str) -> Job:
    from common.progress import ProgressBar
    from training.jobs.follow import wait

    with ProgressBar("training, steps", None, quiet=options.quiet) as bar:
        return wait(target, name, lambda done, _all: bar.at(done))


def _reason(job: Job) -> str:
    reason = job.get("FailureReason") or "repeat the command to resume it"
    if job.get("SecondaryStatus") == "MaxWaitTimeExceeded":
        reason = "the maximum wait for spot instances is over"
    return f"{job['TrainingJobName']}: {job['TrainingJobStatus']}: {reason}"
