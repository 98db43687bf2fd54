"""The transform jobs of SageMaker: starts a night's one job and tells how it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from chalicelib.errors import TransformError
from chalicelib.nightly import shards
from chalicelib.settings import Model, Settings

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

    from chalicelib.nightly.ledger import NightlyBatch

# SageMaker's longest job name.
LONGEST_NAME = 63
UNDER_WAY = ("InProgress", "Stopping")
_TAKEN = frozenset({"ResourceInUse", "ResourceInUseException"})
_THERE = re.compile(r"already exists|must be unique", re.IGNORECASE)


class Job(NamedTuple):
    """How a job is: SageMaker's status word, and the seconds that it worked."""

    status: str
    seconds: float

    @property
    def is_under_way(self) -> bool:
        """Whether it may still come to something."""
        return self.status in UNDER_WAY


def job_name(stack: str, night: str) -> str:
    """The one name of a night's job: asking twice for it cannot start two."""
    tail = f"-{night}"
    head = re.sub(r"[^A-Za-z0-9]+", "-", stack)[: LONGEST_NAME - len(tail)].strip("-")
    return f"{head}{tail}"


def start(sagemaker: SageMakerClient, settings: Settings, night: NightlyBatch) -> None:
    """Start a night's job, unless it is there.

    Raises:
        TransformError: SageMaker refuses it; the message says what to do.
    """
    folder, bucket = night.folder, settings.results_bucket
    generation = {str(name): value for name, value in night.model.generation.items()}
    try:
        sagemaker.create_transform_job(
            TransformJobName=night.job,
            ModelName=_model_of(sagemaker, night.model),
            MaxPayloadInMB=1,
            BatchStrategy="MultiRecord",
            # The 1.x container reads them from here, in Python's own notation.
            Environment={"HYPER_PARAMS": str(generation)},
            TransformInput={
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": f"s3://{bucket}/{shards.input_prefix(folder)}",
                    }
                },
                "ContentType": "application/jsonlines",
                "SplitType": "Line",
            },
            TransformOutput={
                "S3OutputPath": f"s3://{bucket}/{shards.output_prefix(folder)}",
                "Accept": "text/csv",
                "AssembleWith": "Line",
                "KmsKeyId": settings.data_key_arn,
            },
            TransformResources={
                "InstanceType": settings.transform_instance_type,  # type: ignore[typeddict-item]  # any that SageMaker has by then
                "InstanceCount": settings.transform_instances,
            },
        )
    except ClientError as error:
        if not _is_there(error):
            raise _refused(error, "CreateTransformJob") from None


def describe(sagemaker: SageMakerClient, job: str) -> Job | None:
    """How a job is; None when there is none of that name.

    Raises:
        TransformError: SageMaker does not tell.
    """
    try:
        found = sagemaker.describe_transform_job(TransformJobName=job)
    except ClientError as error:
        message = error.response.get("Error", {}).get("Message") or ""
        if re.search(r"not found|could not find|does not exist", message, re.IGNORECASE):
            return None
        raise _refused(error, "DescribeTransformJob") from None
    began, ended = found.get("TransformStartTime"), found.get("TransformEndTime")
    seconds = (ended - began).total_seconds() if began and ended else 0.0
    return Job(found["TransformJobStatus"], max(0.0, seconds))


def _model_of(sagemaker: SageMakerClient, model: Model) -> str:
    """The name of the model behind the live endpoint, which the batch uses too."""
    try:
        endpoint = sagemaker.describe_endpoint(EndpointName=model.endpoint_name)
        config = sagemaker.describe_endpoint_config(
            EndpointConfigName=endpoint["EndpointConfigName"]
        )
    except ClientError as error:
        raise _refused(error, "looking for the live endpoint's model") from None
    return config["ProductionVariants"][0]["ModelName"]


def _is_there(error: ClientError) -> bool:
    found = error.response.get("Error", {})
    return found.get("Code") in _TAKEN and bool(_THERE.search(found.get("Message") or ""))


def _refused(error: ClientError, what: str) -> TransformError:
    code = error.response.get("Error", {}).get("Code", "")
    advice = "see the runbook, nightly batch; its files are kept for the next run"
    return TransformError(f"{what} failed with {code}; {advice}")
