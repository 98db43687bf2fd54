"""The operations on training jobs. `runner` runs them."""

from __future__ import annotations

import re
from collections.abc import Callable

from local.sagemaker.control.kinds import TRAINING_JOBS
from local.sagemaker.control.naming import arn, now
from local.sagemaker.control.paging import Listing
from local.sagemaker.control.refusals import InUseError, InvalidRequestError
from local.sagemaker.control.store import Document, Store
from local.sagemaker.control.tags import keep_tags

MOST_REASON = 1024  # FailureReason, in characters
ENDED = ("Completed", "Failed", "Stopped")
LOST = (
    "InternalServerError: the local SageMaker was stopped while the job was running; "
    "start the same job again to resume from its checkpoint"
)
_LISTING = Listing(
    member="TrainingJobSummaries",
    name="TrainingJobName",
    shown=(
        "TrainingJobName",
        "TrainingJobArn",
        "CreationTime",
        "TrainingEndTime",
        "LastModifiedTime",
        "TrainingJobStatus",
        "SecondaryStatus",
    ),
    status="TrainingJobStatus",
    newest_first=False,
)


class Jobs:
    """The operations on training jobs."""

    def __init__(self, store: Store, begin: Callable[[str], None]) -> None:
        """`begin` queues the job with a given name."""
        self._store, self._begin = store, begin

    def create(self, request: Document) -> Document:
        """CreateTrainingJob."""
        name = request["TrainingJobName"]
        if not (request.get("AlgorithmSpecification") or {}).get("TrainingImage"):
            raise InvalidRequestError(
                "The local SageMaker requires AlgorithmSpecification.TrainingImage."
            )
        for channel in request.get("InputDataConfig", []):
            kind = channel["DataSource"].get("S3DataSource", {}).get("S3DataType")
            if kind != "S3Prefix":
                raise InvalidRequestError(
                    f"The local SageMaker supports only the S3DataType S3Prefix, not {kind}: "
                    f"channel {channel['ChannelName']}."
                )
        for metric in request["AlgorithmSpecification"].get("MetricDefinitions", []):
            _check_regex(metric)
        made = arn("training-job", name)
        with self._store.lock:
            if self._store.get(TRAINING_JOBS, name) is not None:
                raise InUseError(f"Job name must be unique within an AWS account: {name} exists.")
            at = now()
            self._store.put(
                TRAINING_JOBS,
                name,
                {key: value for key, value in request.items() if key != "Tags"}
                | {
                    "TrainingJobArn": made,
                    "TrainingJobStatus": "InProgress",
                    "SecondaryStatus": "Pending",
                    "CreationTime": at,
                    "LastModifiedTime": at,
                    "SecondaryStatusTransitions": [
                        {"Status": "Pending", "StartTime": at, "StatusMessage": "Waiting to start"}
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
        """StopTrainingJob: the runner stops the process; a waiting job never starts."""
        name = request["TrainingJobName"]
        with self._store.lock:
            job = self._job(name)
            if job["TrainingJobStatus"] in ENDED:
                raise InvalidRequestError(
                    f"The request was rejected because the training job is in status "
                    f"{job['TrainingJobStatus']}."
                )
            if job["SecondaryStatus"] == "Pending":
                end(self._store, name, "Stopped")
            else:
                move(self._store, name, "Stopping", "Stopping", "Stopping the training job")
        return {}

    def list(self, request: Document) -> Document:
        """ListTrainingJobs."""
        return _LISTING.page(self._store.all(TRAINING_JOBS), request)

    def take_up(self) -> None:
        """Recover the jobs of an earlier server: queue the waiting ones, fail the running ones."""
        for job in self._store.all(TRAINING_JOBS):
            name = job["TrainingJobName"]
            if job["TrainingJobStatus"] in ENDED:
                continue
            if job["SecondaryStatus"] == "Pending":
                self._begin(name)
            elif job["TrainingJobStatus"] == "Stopping":
                end(self._store, name, "Stopped")
            else:
                end(self._store, name, "Failed", LOST)

    def _job(self, name: str) -> Document:
        job = self._store.get(TRAINING_JOBS, name)
        if job is None:
            raise InvalidRequestError("Requested resource not found.")  # AWS does not name it
        return job


def _check_regex(metric: Document) -> None:
    try:
        re.compile(metric["Regex"])
    except re.error as error:
        raise InvalidRequestError(
            f"MetricDefinitions: {metric['Name']} is not a valid regular expression ({error})."
        ) from None


def claim(store: Store, name: str) -> Document | None:
    """Claim a waiting job, so that it is run only once; None if it is no longer waiting."""
    with store.lock:
        job = store.get(TRAINING_JOBS, name)
        if job is None or job["SecondaryStatus"] != "Pending":
            return None
        return move(store, name, "InProgress", "Starting", "Preparing the environment for training")


def advance(store: Store, name: str, secondary: str, message: str) -> None:
    """Move a job to its next status, unless it is being stopped."""
    with store.lock:
        job = store.get(TRAINING_JOBS, name)
        if job is not None and job["TrainingJobStatus"] == "InProgress":
            move(store, name, "InProgress", secondary, message)


def move(store: Store, name: str, status: str, secondary: str, message: str) -> Document:
    """Change a job's status and record the transition; returns the job."""
    with store.lock:
        job = store.get(TRAINING_JOBS, name) or {}
        at = now()
        transitions = job["SecondaryStatusTransitions"]
        if transitions[-1]["Status"] != secondary:
            transitions[-1]["EndTime"] = at
            transitions.append({"Status": secondary, "StartTime": at, "StatusMessage": message})
        started = {"TrainingStartTime": at} if secondary == "Downloading" else {}
        return store.change(
            TRAINING_JOBS,
            name,
            TrainingJobStatus=status,
            SecondaryStatus=secondary,
            LastModifiedTime=at,
            SecondaryStatusTransitions=transitions,
            **started,
        )


def end(store: Store, name: str, status: str, reason: str = "", secondary: str = "") -> None:
    """Set a job's final status; the `reason` of a failure is cut to 1,024 characters."""
    reason = reason[:MOST_REASON]
    with store.lock:
        message = reason or f"Training job {status.lower()}"
        job = move(store, name, status, secondary or status, message)
        at = job["LastModifiedTime"]
        transitions = job["SecondaryStatusTransitions"]
        transitions[-1]["EndTime"] = at
        members = {"SecondaryStatusTransitions": transitions, "TrainingEndTime": at}
        if "TrainingStartTime" in job:
            seconds = max(1, round(at - job["TrainingStartTime"]))  # the service model's minimum
            members |= {"TrainingTimeInSeconds": seconds, "BillableTimeInSeconds": seconds}
        if status == "Failed":
            members["FailureReason"] = reason
        store.change(TRAINING_JOBS, name, **members)
