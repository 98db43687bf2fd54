"""What SageMaker is asked, and what its answers mean."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.stub import ANY, Stubber
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import TransformError
from chalicelib.nightly import transform_job
from chalicelib.nightly.ledger import NightlyBatch
from tests.nights import BEGAN, TOOK
from tests.unit.chalicelib.stores import LIVE, RESULTS, Stores

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

NIGHT = NightlyBatch("nightly-1", "impressions-nightly-1", LIVE, attempt=2)
# SageMaker API reference, CreateTransformJob: TransformJobName.
JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
STACK_NAMES = st.from_regex(r"[a-zA-Z][-a-zA-Z0-9]{0,127}", fullmatch=True)


@cache
def client() -> Any:
    # Moto answers it whenever it is in force; to make one reads SageMaker's whole model.
    return boto3.client("sagemaker")


@pytest.fixture
def sagemaker(stores: Stores) -> Any:
    """The live endpoint in moto, whose model is not called like it."""
    del stores
    made = client()
    made.create_model(
        ModelName="the-model",
        ExecutionRoleArn="arn:aws:iam::123456789012:role/sagemaker",
        PrimaryContainer={"Image": "image"},
    )
    variant: Any = {
        "VariantName": "all",
        "ModelName": "the-model",
        "InitialInstanceCount": 1,
        "InstanceType": "ml.g4dn.2xlarge",
        "InitialVariantWeight": 1.0,
    }
    made.create_endpoint_config(
        EndpointConfigName="the-configuration", ProductionVariants=[variant]
    )
    made.create_endpoint(EndpointName=LIVE.endpoint_name, EndpointConfigName="the-configuration")
    return made


@pytest.fixture
def refusing(stores: Stores) -> Any:
    """A client whose calls are answered one by one; parameters are checked by SageMaker's model."""
    del stores
    with Stubber(client()) as stub:
        yield stub


def find_model(stub: Stubber) -> None:
    at = {"CreationTime": BEGAN, "LastModifiedTime": BEGAN}
    endpoint = {
        "EndpointName": LIVE.endpoint_name,
        "EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/live",
        "EndpointConfigName": "c",
        "EndpointStatus": "InService",
    }
    config = {
        "EndpointConfigName": "c",
        "EndpointConfigArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/c",
        "ProductionVariants": [{"VariantName": "all", "ModelName": "the-model"}],
        "CreationTime": BEGAN,
    }
    stub.add_response("describe_endpoint", endpoint | at)
    stub.add_response("describe_endpoint_config", config)


class TestName:
    @given(stack=STACK_NAMES)
    def test_is_one_that_sagemaker_takes_and_ends_in_the_night_s(self, stack: str) -> None:
        night = "nightly-20261103-020500-a1b2c3"

        name = transform_job.job_name(stack, night)

        assert JOB_NAME.fullmatch(name)
        assert len(name) <= 63
        assert "--" not in name
        assert name.endswith(f"-{night}")
        assert name == transform_job.job_name(stack, night)

    def test_begins_with_the_stack_s(self) -> None:
        assert transform_job.job_name("my-stack", "n-1") == "my-stack-n-1"


class TestStart:
    def test_asks_for_the_night_s_folder_and_the_endpoint_s_model(
        self, stores: Stores, sagemaker: Any
    ) -> None:
        transform_job.start(sagemaker, stores.settings, NIGHT)

        job = sagemaker.describe_transform_job(TransformJobName=NIGHT.job)
        source = job["TransformInput"]["DataSource"]["S3DataSource"]
        folder = f"s3://{RESULTS}/work/nightly/nightly-1-2"
        assert source == {"S3DataType": "S3Prefix", "S3Uri": f"{folder}/in/"}
        assert job["TransformOutput"]["S3OutputPath"] == f"{folder}/out"
        assert job["ModelName"] == "the-model"
        # Lines in, a line out for each: without these SageMaker sends whole files.
        assert (job["TransformInput"]["SplitType"], job["TransformOutput"]["AssembleWith"]) == (
            "Line",
            "Line",
        )
        assert job["TransformResources"] == {"InstanceType": "ml.g5.2xlarge", "InstanceCount": 1}

    def test_tells_the_container_how_to_generate(self, stores: Stores, refusing: Any) -> None:
        find_model(refusing)
        generation = "{'max_length': 80, 'num_beams': 10, 'num_return_sequences': 1}"
        others = (
            *("TransformJobName", "ModelName", "MaxPayloadInMB", "BatchStrategy"),
            *("TransformInput", "TransformOutput", "TransformResources"),
        )
        wanted = dict.fromkeys(others, ANY) | {"Environment": {"HYPER_PARAMS": generation}}
        made = {"TransformJobArn": "arn:aws:sagemaker:us-east-1:123456789012:transform-job/x"}
        refusing.add_response("create_transform_job", made, wanted)

        transform_job.start(refusing.client, stores.settings, NIGHT)

        refusing.assert_no_pending_responses()

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            ("ResourceInUse", "Job name must be unique within an AWS account and region"),
            ("ResourceInUseException", "The job already exists."),
        ],
    )
    def test_of_a_job_that_is_there_is_no_error(
        self, stores: Stores, refusing: Any, code: str, message: str
    ) -> None:
        find_model(refusing)
        refusing.add_client_error("create_transform_job", code, message)

        transform_job.start(refusing.client, stores.settings, NIGHT)

        refusing.assert_no_pending_responses()

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            ("ResourceLimitExceeded", "The account-level service limit is 0 instances."),
            ("ResourceInUse", "The model is being deleted."),
            ("ValidationException", "Job name must be unique"),
            ("AccessDeniedException", "already exists"),
        ],
    )
    def test_that_is_refused_says_what_to_do(
        self, stores: Stores, refusing: Any, code: str, message: str
    ) -> None:
        find_model(refusing)
        refusing.add_client_error("create_transform_job", code, message)

        with pytest.raises(
            TransformError, match=rf"CreateTransformJob (failed with|is denied).*{code}.*'nightly"
        ):
            transform_job.start(refusing.client, stores.settings, NIGHT)

    def test_without_a_live_endpoint_says_so(self, stores: Stores) -> None:
        with pytest.raises(TransformError, match="DescribeEndpoint failed with"):
            transform_job.start(client(), stores.settings, NIGHT)


class TestDescribe:
    def describe(self, stub: Stubber, status: str, **more: Any) -> transform_job.Job | None:
        answer = {
            "TransformJobName": "j",
            "TransformJobArn": "arn:aws:sagemaker:us-east-1:123456789012:transform-job/j",
            "TransformJobStatus": status,
            "ModelName": "m",
            "TransformInput": {
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/in"}}
            },
            "TransformResources": {"InstanceType": "ml.g5.2xlarge", "InstanceCount": 1},
            "CreationTime": BEGAN,
        }
        stub.add_response("describe_transform_job", answer | more, {"TransformJobName": "j"})
        return transform_job.describe(cast("SageMakerClient", stub.client), "j")

    @pytest.mark.parametrize(
        ("status", "under_way"),
        [
            *(("InProgress", True), ("Stopping", True)),
            *(("Completed", False), ("Failed", False), ("Stopped", False)),
        ],
    )
    def test_tells_the_status_and_whether_to_wait(
        self, refusing: Any, status: str, *, under_way: bool
    ) -> None:
        job = self.describe(refusing, status)

        assert job is not None
        assert (job.status, job.is_under_way, job.seconds) == (status, under_way, 0.0)

    def test_tells_how_long_it_worked(self, refusing: Any) -> None:
        ended = BEGAN + TOOK

        job = self.describe(refusing, "Completed", TransformStartTime=BEGAN, TransformEndTime=ended)

        assert job == transform_job.Job("Completed", 90.0)

    def test_of_clocks_that_differ_is_never_below_zero(self, refusing: Any) -> None:
        ended = BEGAN - timedelta(seconds=1)

        job = self.describe(refusing, "Completed", TransformStartTime=BEGAN, TransformEndTime=ended)

        assert job == transform_job.Job("Completed", 0.0)

    def test_of_a_job_that_is_not_there_is_none(self, sagemaker: Any) -> None:
        assert transform_job.describe(sagemaker, "no-such-job") is None

    @pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
    def test_that_is_refused_is_no_end_of_the_job(self, refusing: Any, code: str) -> None:
        refusing.add_client_error("describe_transform_job", code, "No.")

        with pytest.raises(TransformError, match=f"DescribeTransformJob .*{code}"):
            transform_job.describe(refusing.client, "j")
