"""The operations on transform jobs. `transformer` runs them."""

from __future__ import annotations

from collections.abc import Callable

from local.sagemaker.control.hosting import container_of
from local.sagemaker.control.kinds import MODELS, TRANSFORM_JOBS
from local.sagemaker.control.naming import arn, now
from local.sagemaker.control.paging import Listing
from local.sagemaker.control.refusals import InUseError, InvalidRequestError, NotFoundError
from local.sagemaker.control.store import Document, Store
from local.sagemaker.control.tags import keep_tags

MOST_REASON = 1024  # FailureReason, in characters
ENDED = ("Completed", "Failed", "Stopped")
_SHOWN = (
    "TransformJobName",
    "TransformJobArn",
    "CreationTime",
    "TransformEndTime",
    "LastModifiedTime",
    "TransformJobStatus",
    "FailureReason",
)
_LISTING = Listing(
    member="TransformJobSummaries",
    name="TransformJobName",
    shown=_SHOWN,
    status="TransformJobStatus",
)


class Transforms:
    """The operations on transform jobs."""

    def __init__(self, store: Store, begin: Callable[[str], None]) -> None:
        """`begin` queues the job with a given name."""
        self._store, self._begin = store, begin

    def create(self, request: Document) -> Document:
        """CreateTransformJob."""
        name = request["TransformJobName"]
        model = self._store.get(MODELS, request["ModelName"])
        if model is None:
            raise NotFoundError("model", arn("model", request["ModelName"]))
        if "ModelDataSource" in container_of(model):
            raise InvalidRequestError(
                "Batch transform does not support models that are specified with ModelDataSource."
            )
        _check_form(request)
        made = arn("transform-job", name)
        with self._store.lock:
            if self._store.get(TRANSFORM_JOBS, name) is not None:
                raise InUseError(f"Job name must be unique within an AWS account: {name} exists.")
            at = now()
            kept = {key: value for key, value in request.items() if key != "Tags"}
            self._store.put(
                TRANSFORM_JOBS,
                name,
                kept
                | {
                    "TransformJobArn": made,
                    "TransformJobStatus": "InProgress",
                    "CreationTime": at,
                    "LastModifiedTime": at,
                },
            )
            keep_tags(self._store, made, request)
        self._begin(name)
        return {"TransformJobArn": made}

    def describe(self, request: Document) -> Document:
        """DescribeTransformJob."""
        return self._job(request["TransformJobName"])

    def stop(self, request: Document) -> Document:
        """StopTransformJob: the transformer checks for it between two payloads."""
        name = request["TransformJobName"]
        with self._store.lock:
            status = self._job(name)["TransformJobStatus"]
            if status != "InProgress":
                raise InvalidRequestError(
                    f"The request was rejected because the transform job is in status {status}."
                )
            self._store.change(
                TRANSFORM_JOBS, name, TransformJobStatus="Stopping", LastModifiedTime=now()
            )
        self._begin(name)  # a waiting job must be processed to become Stopped
        return {}

    def list(self, request: Document) -> Document:
        """ListTransformJobs."""
        return _LISTING.page(self._store.all(TRANSFORM_JOBS), request)

    def take_up(self) -> None:
        """Restart the unfinished jobs of an earlier server, which on AWS would have continued."""
        for job in self._store.all(TRANSFORM_JOBS):
            if job["TransformJobStatus"] not in ENDED:
                self._begin(job["TransformJobName"])

    def _job(self, name: str) -> Document:
        job = self._store.get(TRANSFORM_JOBS, name)
        if job is None:
            raise InvalidRequestError(f"Could not find requested job with name: {name}")
        return job


def _check_form(request: Document) -> None:
    """Reject options that the local transformer does not implement as SageMaker does."""
    given = request["TransformInput"]
    kind = given["DataSource"]["S3DataSource"]["S3DataType"]
    output = request["TransformOutput"]
    for name, value, wanted in (
        ("S3DataType", kind, "S3Prefix"),
        ("SplitType", given.get("SplitType"), "Line"),
        ("AssembleWith", output.get("AssembleWith"), "Line"),
        ("ContentType", given.get("ContentType"), "application/jsonlines"),
    ):
        if value != wanted:
            raise InvalidRequestError(f"The local SageMaker requires {name} {wanted}, not {value}.")
    if "DataProcessing" in request:
        raise InvalidRequestError("The local SageMaker does not support DataProcessing.")


def is_stopping(store: Store, name: str) -> bool:
    """Whether the job is to be stopped, or has already ended."""
    job = store.get(TRANSFORM_JOBS, name)
    return job is None or job["TransformJobStatus"] != "InProgress"


def end(store: Store, name: str, status: str, reason: str = "") -> Document:
    """Set a job's final status; the `reason` of a failure is cut to 1,024 characters."""
    at = now()
    members: Document = {"TransformJobStatus": status, "LastModifiedTime": at}
    members["TransformEndTime"] = at
    if status == "Failed":
        members["FailureReason"] = reason[:MOST_REASON]
    return store.change(TRANSFORM_JOBS, name, **members)
