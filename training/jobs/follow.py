"""Follows a job to its end: new figures as they come, and how far it is."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence

from common.aws import Target
from training.jobs import minutes
from training.jobs.find import ENDED, Job, describe
from training.jobs.logs import JobLog, Line
from training.jobs.points import Finder, Point

POLL_S = {"sagemaker": 5.0, "local": 0.5}
_PROGRESS = re.compile(r"^progress: step (\d+)/(\d+)$")

Progress = Callable[[int, int], None]


def points(target: Target, job: Job) -> list[Point]:
    """Every figure of a job: from its log, or CloudWatch's means when that is denied or gone.

    Raises:
        JobError: a metric definition cannot be used.
        AwsError: AWS refused, or was not reached.
    """
    found = Finder(job).find(JobLog(target, job["TrainingJobName"]).read())
    return found or minutes.read(target, job)


def follow(
    target: Target,
    name: str,
    progress: Progress = lambda _done, _all: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[tuple[Job, list[Point]]]:
    """The job again and again, with the figures that are new, until it has ended.

    `progress` is told steps done and in all, for jobs whose log tells them.

    Raises:
        JobError: no job has the name, or a metric definition of it cannot be used.
        AwsError: AWS refused, or was not reached.
    """
    job = describe(target, name)
    log, finder, seen = JobLog(target, name), Finder(job), 0
    while True:
        # The job is looked at before its log: when it has ended, all that it wrote is read.
        lines = log.read()
        _tell(lines, progress)
        if log.denied:
            means = minutes.read(target, job)
            new, seen = means[seen:], len(means)
        else:
            new = finder.find(lines)
        yield job, new
        if job["TrainingJobStatus"] in ENDED:
            return
        sleep(POLL_S[target.backend])
        job = describe(target, name)


def wait(target: Target, name: str, progress: Progress = lambda _done, _all: None) -> Job:
    """Wait until a job has ended; returns it, however it ended.

    Raises:
        JobError: no job has the name.
        AwsError: AWS refused, or was not reached.
    """
    job: Job = {}
    for job, _ in follow(target, name, progress):  # noqa: B007  # the last one is wanted
        pass
    return job


def _tell(lines: Sequence[Line], progress: Progress) -> None:
    for line in reversed(lines):
        found = _PROGRESS.match(line.text)
        if found:
            progress(int(found[1]), int(found[2]))
            return
