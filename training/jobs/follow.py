"""Follows a job to its end: new metric values as they arrive, and its progress."""

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
    """A job's metric values: from its log, or CloudWatch's averages if that is denied or gone.

    Raises:
        JobError: a metric definition is invalid.
        AwsError: AWS rejected the request or could not be reached.
    """
    found = Finder(job).find(JobLog(target, job["TrainingJobName"]).read())
    return found or minutes.read(target, job)


def follow(
    target: Target,
    name: str,
    progress: Progress = lambda _done, _all: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[tuple[Job, list[Point]]]:
    """Yield the job and its new metric values repeatedly, until it has ended.

    `progress` is called with completed and total steps, for jobs that log them.

    Raises:
        JobError: the job does not exist, or one of its metric definitions is invalid.
        AwsError: AWS rejected the request or could not be reached.
    """
    job = describe(target, name)
    log, finder, seen = JobLog(target, name), Finder(job), 0
    while True:
        # The job is described before its log is read: if it has ended, the log is complete.
        lines = log.read()
        _report(lines, progress)
        if log.denied:
            averages = minutes.read(target, job)
            new, seen = averages[seen:], len(averages)
        else:
            new = finder.find(lines)
        yield job, new
        if job["TrainingJobStatus"] in ENDED:
            return
        sleep(POLL_S[target.backend])
        job = describe(target, name)


def wait(target: Target, name: str, progress: Progress = lambda _done, _all: None) -> Job:
    """Wait until a job has ended and return it, whatever its status.

    Raises:
        JobError: the job does not exist.
        AwsError: AWS rejected the request or could not be reached.
    """
    job: Job = {}
    for job, _ in follow(target, name, progress):  # noqa: B007  # the last one is returned
        pass
    return job


def _report(lines: Sequence[Line], progress: Progress) -> None:
    for line in reversed(lines):
        found = _PROGRESS.match(line.text)
        if found:
            progress(int(found[1]), int(found[2]))
            return
