"""Finds this project's training jobs by their tag."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from common.aws import Target, explained
from common.errors import AwsError
from training.config import MODEL_TAG, PROJECT_TAG
from training.errors import JobError

Job = dict[str, Any]
# Maximum number of jobs searched for the newest one; each costs one call for its tags.
MOST_LOOKED_AT = 200
ENDED = ("Completed", "Failed", "Stopped")


def describe(target: Target, name: str) -> Job:
    """A job as DescribeTrainingJob returns it.

    Raises:
        JobError: the job does not exist.
        AwsError: AWS rejected the request or could not be reached.
    """
    client = target.client("sagemaker")
    try:
        with explained(f"training job {name}"):
            found: Job = client.describe_training_job(TrainingJobName=name)
    except AwsError as error:
        if error.code == "ValidationException":
            raise JobError(
                name, "there is no such training job; `status` shows the newest"
            ) from None
        raise
    return found


def newest(target: Target, status: str | None = None) -> Job | None:
    """The newest job of this project, with the given status or any; None if there is none.

    Raises:
        AwsError: AWS rejected the request or could not be reached.
    """
    for summary in islice(_summaries(target, status), MOST_LOOKED_AT):
        if is_ours(target, summary["TrainingJobArn"]):
            return describe(target, summary["TrainingJobName"])
    return None


def finished(target: Target, name: str | None) -> Job:
    """The job to deploy: the given one, or the newest completed one.

    Raises:
        JobError: it does not exist, has not ended, or ended without a model.
        AwsError: AWS rejected the request or could not be reached.
    """
    if name is None:
        found = newest(target, "Completed")
        if found is None:
            raise JobError("deploy", "no finished training job; run `fine-tune` first")
        return found
    job = describe(target, name)
    status = job["TrainingJobStatus"]
    if status == "Failed":
        raise JobError(name, f"failed: {job.get('FailureReason', 'no reason was given')}")
    if status not in ENDED:
        raise JobError(name, f"is {status}; wait for it with `metrics --follow`")
    if not artefact(job):
        raise JobError(name, f"ended as {status} without a model")
    return job


def artefact(job: Job) -> str:
    """The location of the job's model: s3://….tar.gz or a prefix; empty if there is none."""
    uri: str = job.get("ModelArtifacts", {}).get("S3ModelArtifacts", "")
    return uri


def _summaries(target: Target, status: str | None) -> Iterator[Job]:
    wanted = {"StatusEquals": status} if status else {}
    with explained("training jobs"):
        pages = (
            target.client("sagemaker")
            .get_paginator("list_training_jobs")
            .paginate(SortBy="CreationTime", SortOrder="Descending", **wanted)
        )
        for page in pages:
            yield from page["TrainingJobSummaries"]


def model_id(target: Target, job: Job) -> str:
    """The id of the model that a job fine-tunes; its image if it was started elsewhere."""
    image: str = job["AlgorithmSpecification"].get("TrainingImage", "")
    return tags(target, job["TrainingJobArn"]).get(MODEL_TAG) or image.rpartition("/")[2]


def tags(target: Target, arn: str) -> dict[str, str]:
    """The tags of a resource.

    Raises:
        AwsError: AWS rejected the request or could not be reached.
    """
    with explained(arn):
        found = target.client("sagemaker").list_tags(ResourceArn=arn)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in found}


def is_ours(target: Target, arn: str) -> bool:
    """Whether a resource has this project's tag."""
    return tags(target, arn).get(PROJECT_TAG[0]) == PROJECT_TAG[1]
