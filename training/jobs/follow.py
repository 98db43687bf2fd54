"""Follows a job to its end: new figures as they come, and how far it is."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

from training.aws import Target
from training.jobs.find import ENDED, Job, describe
from training.jobs.points import Line, Point, log_lines, points_of

POLL_S = {"sagemaker": 5.0, "local": 0.5}
_PROGRESS = re.compile(r"^progress: step (\d+)/(\d+)$")


def follow(
    target: Target,
    name: str,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[tuple[Job, list[Point]]]:
    """The job again and again, with the figures that are new, until it has ended.

    `progress` is told steps done and in all, for jobs whose log tells them.

    Raises:
        JobError: no job has the name.
        AwsError: AWS refused, or was not reached.
    """
    seen = 0
    while True:
        job = describe(target, name)
        lines = log_lines(target, job)
        found = points_of(job, lines)
        _tell(lines, progress)
        yield job, found[seen:]
        seen = len(found)
        if job["TrainingJobStatus"] in ENDED:
            return
        sleep(POLL_S[target.backend])


def wait(
    target: Target, name: str, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> Job:
    """Wait until a job has ended; returns it, however it ended."""
    job: Job = {}
    for job, _ in follow(target, name, progress):  # noqa: B007 - the last one is wanted
        pass
    return job


def _tell(lines: list[Line], progress: Callable[[int, int], None]) -> None:
    for line in reversed(lines):
        found = _PROGRESS.match(line.text)
        if found:
            progress(int(found[1]), int(found[2]))
            return
