"""Training jobs: asked for, described, stopped, listed. The work is the runner's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.sagemaker.control.naming import arn, now
from local.sagemaker.control.refusals import InUseError, InvalidRequestError, NotFoundError
from local.sagemaker.control.store import Document, Store
from local.sagemaker.control.tags import keep_tags

KIND = "training-jobs"
ENDED = ("Completed", "Failed", "Stopped")
LOST = (
    "InternalServerError: the local SageMaker was stopped while the job ran; "
    "start the same job again and it goes on from its checkpoint"
)
_SORT = {"Name": "TrainingJobName", "CreationTime": "CreationTime", "Status": "TrainingJobStatus"}
_SUMMARY = (
    "TrainingJobName",
    "TrainingJobArn",
    "CreationTime",
    "TrainingEndTime",
    "LastModifiedTime",
    "TrainingJobStatus",
    "SecondaryStatus",
)


class Jobs:
    """The operations on training jobs."""

    def __init__(self, store: Store, begin: Callable[[str], None]) -> None:
        """`begin` is told the name of a job to run."""
        self._store, self._begin = store, begin

    def create(self, request: Document) -> Document:
        """CreateTrainingJob."""
        name = request["TrainingJobName"]
        if not (request.get("AlgorithmSpecification") or {}).get("TrainingImage"):
            raise InvalidRequestError("TrainingImage: no algorithm but an image runs here.")
        made = arn("training-job", name)
        with self._store.lock:
            if self._store.get(KIND, name) is not None:
                raise InUseError(f"Job name must be unique within an AWS account: {name} exists.")
            at = now()
            self._store.put(
                KIND,
                name,
                {key: value for key, value in request.items() if key != "Tags"}
                | {
                    "TrainingJobArn": made,
                    "TrainingJobStatus": "InProgress",
                    "SecondaryStatus": "Pending",
                    "CreationTime": at,
                    "LastModifiedTime": at,
                    "SecondaryStatusTransitions": [
                        {"Status": "Pending", "StartTime": at, "StatusMessage": "Waiting its turn"}
                    ],
                },
            )
            keep_tags(self._store, made, request)
        self._begin(name)
        return {"TrainingJobArn": made}

    def describe(self, request: Document) -> Document:
        """DescribeTrainingJob."""
        return self._job(request["TrainingJobName"])

    def stop(self, request: Document) -> Document:
        """StopTrainingJob: the runner sees it and ends the process."""
        with self._store.lock:
            job = self._job(request["TrainingJobName"])
            if job["TrainingJobStatus"] in ENDED:
                raise InvalidRequestError(
                    f"The request was rejected because the training job is in status "
                    f"{job['TrainingJobStatus']}."
                )
            move(self._store, job["TrainingJobName"], "Stopping", "Stopping", "Stopping the job")
        return {}

    def list(self, request: Document) -> Document:
        """ListTrainingJobs; NextToken is where the next page begins."""
        found = [job for job in self._store.all(KIND) if _is_wanted(job, request)]
        found.sort(
            key=lambda job: job[_SORT[request.get("SortBy", "CreationTime")]],
            reverse=request.get("SortOrder", "Ascending") == "Descending",
        )
        start = int(request.get("NextToken") or 0)
        stop = start + int(request.get("MaxResults", 10))
        page: list[Any] = [
            {name: job[name] for name in _SUMMARY if name in job} for job in found[start:stop]
        ]
        more = {"NextToken": str(stop)} if stop < len(found) else {}
        return {"TrainingJobSummaries": page} | more

    def take_up(self) -> None:
        """What an earlier server left: jobs that waited are begun, those under way are lost."""
        for job in self._store.all(KIND):
            name = job["TrainingJobName"]
            if job["TrainingJobStatus"] in ENDED:
                continue
            if job["SecondaryStatus"] == "Pending":
                self._begin(name)
            else:
                end(self._store, name, "Failed", LOST)

    def _job(self, name: str) -> Document:
        job = self._store.get(KIND, name)
        if job is None:
            raise NotFoundError("training job", name)
        return job


def move(store: Store, name: str, status: str, secondary: str, message: str) -> None:
    """Put a job into another status, with the transition written down."""
    with store.lock:
        job = store.get(KIND, name) or {}
        at = now()
        transitions = job["SecondaryStatusTransitions"]
        if transitions[-1]["Status"] == secondary:
            return
        transitions[-1]["EndTime"] = at
        transitions.append({"Status": secondary, "StartTime": at, "StatusMessage": message})
        started = {"TrainingStartTime": at} if secondary == "Downloading" else {}
        store.change(
            KIND,
            name,
            TrainingJobStatus=status,
            SecondaryStatus=secondary,
            LastModifiedTime=at,
            SecondaryStatusTransitions=transitions,
            **started,
        )


def end(store: Store, name: str, status: str, reason: str = "", secondary: str = "") -> None:
    """Put a job into its last status."""
    with store.lock:
        at = now()
        move(store, name, status, secondary or status, reason or f"Training job {status.lower()}")
        job = store.get(KIND, name) or {}
        transitions = job["SecondaryStatusTransitions"]
        transitions[-1]["EndTime"] = at
        seconds = round(at - job.get("TrainingStartTime", at))
        store.change(
            KIND,
            name,
            SecondaryStatusTransitions=transitions,
            TrainingEndTime=at,
            TrainingTimeInSeconds=seconds,
            BillableTimeInSeconds=0,
            **({"FailureReason": reason} if status == "Failed" else {}),
        )


def _is_wanted(job: Document, request: Document) -> bool:
    contains, status = request.get("NameContains", ""), request.get("StatusEquals")
    return (
        contains.lower() in job["TrainingJobName"].lower()
        and status in (None, job["TrainingJobStatus"])
        and request.get("CreationTimeAfter", 0) <= job["CreationTime"]
        and job["CreationTime"] <= request.get("CreationTimeBefore", float("inf"))
    )
