"""`python -m training metrics`: show a job's losses as a table, JSON, plot and rows of the lake."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from training.verbs.options import add_output, add_target, target_of

if TYPE_CHECKING:
    from common.aws import Target
    from training.jobs.find import Job
    from training.jobs.points import Point

HELP = "show a training job's losses: table, plot, rows of the lake"
DESCRIPTION = (
    "Reads all metric values from the job's log. If the job has ended and the stack is deployed,"
    " they are also written to the lake's table training_metrics, replacing earlier rows."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's own options."""
    parser.add_argument("--job", metavar="NAME", help="default: the project's newest job")
    parser.add_argument(
        "--follow", action="store_true", help="print values as they arrive until the job has ended"
    )
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the losses: .svg or .png")
    parser.add_argument("--no-lake", action="store_true", help="do not write rows to the lake")
    add_output(parser)
    add_target(parser)


def environment(options: argparse.Namespace) -> str:
    """The virtual environment: only a plot needs matplotlib."""
    return "plot" if options.plot else "run"


def run(options: argparse.Namespace) -> int:
    """Print the metric values; returns 1 if the job failed."""
    from training import plots
    from training.errors import JobError
    from training.jobs import find, follow, lake, view

    if options.plot:
        plots.check(options.plot)  # before hours of following
    target = target_of(options)
    job = find.describe(target, options.job) if options.job else find.newest(target)
    if job is None:
        raise JobError("metrics", "no training job yet; `fine-tune` starts one")
    if options.follow:
        job = _follow(target, job, quiet=options.quiet)
    found = follow.points(target, job)
    if options.json:
        print(json.dumps(lake.rows(job, found, find.model_id(target, job))))
    else:
        print(view.table(found) if found else "no metric values yet")
    if options.plot:
        plots.losses(found, job["TrainingJobName"], options.plot)
        print(f"plot: {options.plot}", file=sys.stderr)
    if job["TrainingJobStatus"] in find.ENDED and not options.no_lake:
        _write(target, job, found)
    if job["TrainingJobStatus"] == "Failed":
        reason = job.get("FailureReason") or "no reason was given"
        print(f"error: {job['TrainingJobName']} failed: {reason}", file=sys.stderr)
        return 1
    return 0


def _follow(target: Target, job: Job, *, quiet: bool) -> Job:
    """Print new values to stderr as they arrive; returns the ended job."""
    from training.jobs.follow import follow
    from training.jobs.points import EPOCH

    name = job["TrainingJobName"]
    try:
        for now, new in follow(target, name):
            for point in new:
                if not quiet and point.metric != EPOCH:
                    epoch = "" if point.epoch is None else f"epoch {point.epoch:.2f}  "
                    print(f"{epoch}{point.metric} {point.value:.4f}", file=sys.stderr)
            job = now
    except KeyboardInterrupt:
        print(f"{name} continues; follow it with `metrics --follow --job {name}`", file=sys.stderr)
        raise
    return job


def _write(target: Target, job: Job, found: list[Point]) -> None:
    from common.errors import AwsError, SettingError
    from training import stack
    from training.jobs import lake

    try:
        deployed = stack.describe(target)
    except (AwsError, SettingError) as error:
        # Reading a job's metrics does not require access to the stack.
        print(f"no rows were written: {error}", file=sys.stderr)
        return
    there = lake.write(target, job, found, deployed.outputs.results_bucket)
    if there is not None:
        print(f"rows: {there}", file=sys.stderr)
