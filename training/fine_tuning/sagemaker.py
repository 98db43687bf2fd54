"""Fine-tuning on SageMaker: finds the job if it was started before, otherwise starts it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from common.aws import Target, explained
from common.errors import AwsError
from training import choice
from training.config import FINGERPRINT_TAG, FineTune
from training.errors import CapacityError, JobError
from training.fine_tuning import capacity
from training.fine_tuning.request import Plan
from training.fine_tuning.started import MET, Started, create, taken
from training.instances import PRICES, PriceClass
from training.jobs.find import describe, tags

# A type without capacity is tried last by a command that is repeated within this time.
RECENT = timedelta(hours=1)
Request = dict[str, Any]
Say = Callable[[str], None]


def start(
    config: FineTune, target: Target, plan: Plan, say: Say, after: str | None = None
) -> Started:
    """Start the job, unless the same one is running or done.

    If CreateTrainingJob refuses an instance type, the next one is tried. `after` is the type of a
    job that has failed for want of capacity: only the types after it are tried.

    Raises:
        SettingError: another job has the name.
        CapacityError: none of the types is available.
        AwsError: AWS rejected the request or could not be reached.
    """
    waiting = list(plan.requests)
    if after is None:
        found = _found(config, target, plan)
        if isinstance(found, Started):
            return found
        waiting = found
    else:
        types = [_type(request) for request in waiting]
        waiting = waiting[types.index(after) + 1 :]
    refusals: list[str] = []
    for place, request in enumerate(waiting):
        try:
            create(target, request)
        except AwsError as error:
            if not capacity.is_refusal(error):
                raise
            refusals.append(f"{_type(request)}: {str(error).removeprefix(f'{error.item}: ')}")
            if place + 1 < len(waiting):
                say(f"{refusals[-1]}; trying {_type(waiting[place + 1])}")
            continue
        return Started(
            request["TrainingJobName"],
            "started",
            tuple(_type(one) for one in waiting[place + 1 :]),
            choice.advice(_tried(plan), plan.listed),
        )
    raise CapacityError(refusals, choice.advice(_tried(plan), plan.listed))


def price(config: FineTune, types: Sequence[str]) -> str:
    """What the job is billed for at most: instances and hours, not an amount."""
    count = config.instance_count
    hours = config.max_runtime_s / 3600
    classes = [str(PriceClass(name, count, count, hours)) for name in types]
    spot = "" if config.spot_max_wait_s is None else "; at spot prices, which vary"
    return f"{', or else '.join(classes)}{spot}; {PRICES}"


def _found(config: FineTune, target: Target, plan: Plan) -> Started | list[Request]:
    """The job that was started before, or the requests to try, in order."""
    mark = next(tag["Value"] for tag in plan.requests[0]["Tags"] if tag["Key"] == FINGERPRINT_TAG)
    spent: set[str] = set()
    used: set[str] = set()
    for job in _before(config, target, plan, mark):
        name = job["TrainingJobName"]
        if tags(target, job["TrainingJobArn"]).get(FINGERPRINT_TAG) == mark:
            full = describe(target, name)
            if job["TrainingJobStatus"] in MET:
                return Started(
                    name,
                    MET[job["TrainingJobStatus"]],
                    _after(plan, full["ResourceConfig"]["InstanceType"]),
                    choice.advice(_tried(plan), plan.listed),
                )
            if capacity.is_failure(full):
                used.add(name)
                if datetime.now(UTC) - full["CreationTime"] < RECENT:
                    spent.add(full["ResourceConfig"]["InstanceType"])
                continue
        if config.job_name:
            raise taken(config.job_name)
    free = [one for one in plan.requests if one["TrainingJobName"] not in used]
    if not free and config.job_name:
        raise taken(config.job_name)
    return sorted(free, key=lambda request: _type(request) in spent)


def _before(config: FineTune, target: Target, plan: Plan, mark: str) -> Iterator[Request]:
    """Jobs that may be the same: those with its names, or, judging by theirs, the same model."""
    if not config.job_name:
        yield from _similar(target, mark)
        return
    for request in plan.requests:
        try:
            yield describe(target, request["TrainingJobName"])
        except JobError:
            continue


def _similar(target: Target, mark: str) -> Iterator[Request]:
    """Jobs that, judging by their names, may produce the same model; newest first."""
    with explained("training jobs"):
        pages = (
            target.client("sagemaker")
            .get_paginator("list_training_jobs")
            .paginate(NameContains=mark[:6], SortBy="CreationTime", SortOrder="Descending")
        )
        for page in pages:
            yield from page["TrainingJobSummaries"]


def _after(plan: Plan, instance_type: str) -> tuple[str, ...]:
    """The types to try after this one; none if the job was started with other types."""
    types = _tried(plan)
    return tuple(types[types.index(instance_type) + 1 :]) if instance_type in types else ()


def _tried(plan: Plan) -> list[str]:
    return [_type(request) for request in plan.requests]


def _type(request: Request) -> str:
    name: str = request["ResourceConfig"]["InstanceType"]
    return name
