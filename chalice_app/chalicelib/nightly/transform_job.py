"""SageMaker transform jobs: starts the job of a nightly batch and reads its status."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from chalicelib.errors import TransformError, failed_call
from chalicelib.nightly import shards
from chalicelib.settings import Model, Settings

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

    from chalicelib.nightly.ledger import NightlyBatch

# The longest job name that SageMaker accepts.
LONGEST_NAME = 63
UNDER_WAY = ("InProgress", "Stopping")
_IN_USE = frozenset({"ResourceInUse", "ResourceInUseException"})
_EXISTS = re.compile(r"already exists|must be unique", re.IGNORECASE)


class Job(NamedTuple):
    """A job's status, in SageMaker's words, and its duration in seconds."""

    status: str
    seconds: float

    @property
    def is_under_way(self) -> bool:
        """Whether the job has not ended yet."""
        return self.status in UNDER_WAY


def job_name(stack: str, night: str) -> str:
    """The only name of a batch's job: requesting it twice cannot start two jobs."""
    tail = f"-{night}"
    head = re.sub(r"[^A-Za-z0-9]+", "-", stack)[: LONGEST_NAME - len(tail)].strip("-")
    return f"{head}{tail}"


def start(sagemaker: SageMakerClient, settings: Settings, night: NightlyBatch) -> None:
    """Start the job of a nightly batch, unless it exists.

    Raises:
        TransformError: SageMaker rejects it; the message says what to do.
    """
    folder, bucket = night.folder, settings.results_bucket
    generation = {str(name): value for name, value in night.model.generation.items()}
    try:
        sagemaker.create_transform_job(
            TransformJobName=night.job,
            ModelName=_model_of(sagemaker, night.model),
            MaxPayloadInMB=1,
            BatchStrategy="MultiRecord",
            # The 1.x container reads the generation parameters from here, as a Python literal.
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
                "InstanceType": settings.transform_instance_type,  # type: ignore[typeddict-item]  # any type that SageMaker offers
                "InstanceCount": settings.transform_instances,
            },
        )
    except ClientError as error:
        if not _already_exists(error):
            raise _failure(error) from None


def describe(sagemaker: SageMakerClient, job: str) -> Job | None:
    """The state of a job; None if there is none with that name.

    Raises:
        TransformError: SageMaker rejects the request.
    """
    try:
        found = sagemaker.describe_transform_job(TransformJobName=job)
    except ClientError as error:
        message = error.response.get("Error", {}).get("Message") or ""
        if re.search(r"not found|could not find|does not exist", message, re.IGNORECASE):
            return None
        raise _failure(error) from None
    began, ended = found.get("TransformStartTime"), found.get("TransformEndTime")
    seconds = (ended - began).total_seconds() if began and ended else 0.0
    return Job(found["TransformJobStatus"], max(0.0, seconds))


def _model_of(sagemaker: SageMakerClient, model: Model) -> str:
    """The name of the model behind the live endpoint, which the job uses too."""
    try:
        endpoint = sagemaker.describe_endpoint(EndpointName=model.endpoint_name)
        config = sagemaker.describe_endpoint_config(
            EndpointConfigName=endpoint["EndpointConfigName"]
        )
    except ClientError as error:
        raise _failure(error) from None
    return config["ProductionVariants"][0]["ModelName"]


def _already_exists(error: ClientError) -> bool:
    found = error.response.get("Error", {})
    return found.get("Code") in _IN_USE and bool(_EXISTS.search(found.get("Message") or ""))


def _failure(error: ClientError) -> TransformError:
    advice = "see 'nightly failed' in the runbook; the next nightly run processes the files"
    return TransformError(f"{failed_call(error)}; {advice}")
