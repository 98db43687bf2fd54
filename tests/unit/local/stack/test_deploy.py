import base64
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from common.stack_settings import LocalStackSettings
from local.errors import DeployError
from local.packaging.package import Package
from local.stack import deploy, jumpstart_bucket, ministack_workarounds, registered_models

SHA = "ab" * 32
OUTPUTS = {
    "LandingBucketName": "landing",
    "ResultsBucketName": "results",
    "WorkQueueUrl": "http://127.0.0.1:1/work",
    "DeadLetterQueueUrl": "http://127.0.0.1:1/dead",
    "IdempotencyTableName": "idempotency",
    "ProgressTableName": "progress",
    "FunctionName": "summarize",
    "LogGroupName": "logs",
    "NightlyFunctionName": "nightly",
    "OperateFunctionName": "operate",
}
TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Summarize": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Code": {"S3Bucket": "replaced", "S3Key": "deployment.zip"}},
        },
        "Source": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {"ScalingConfig": {"MaximumConcurrency": {"Ref": "WorkerConcurrency"}}},
        },
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "TimeToLiveSpecification": {"AttributeName": "expiration", "Enabled": True}
            },
        },
    }
}


class Aws:
    """CloudFormation, S3, Lambda and DynamoDB as far as a deploy calls them."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.stack: dict[str, Any] | None = None
        self.template_url = ""
        self.end = "CREATE_COMPLETE"
        self.events: list[dict[str, Any]] = []
        self.time_to_live = "DISABLED"
        self.configs = {
            name: name for name in ("impressions-fine-tuned", "impressions-pre-trained")
        }
        self.code_sha = base64.b64encode(bytes.fromhex(SHA)).decode()

    def _note(self, name: str) -> None:
        self.calls.append(name)

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        if self.stack is None:
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": f"{StackName} does not exist"}},
                "DescribeStacks",
            )
        return {"Stacks": [self.stack]}

    def create_stack(self, **request: Any) -> None:
        self._note("create")
        self.template_url = request["TemplateURL"]
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in OUTPUTS.items()]
        self.stack = {
            "StackName": request["StackName"],
            "StackStatus": self.end,
            "Tags": request["Tags"],
            "Outputs": outputs,
            "Parameters": request["Parameters"],
        }

    def update_stack(self, **request: Any) -> None:
        self.create_stack(**request)
        self.calls[-1] = "update"

    def delete_stack(self, StackName: str) -> None:
        self._note("delete")
        self.stack = None

    def describe_events(self, StackName: str) -> dict[str, Any]:
        return {"OperationEvents": self.events}

    def describe_stack_resources(self, StackName: str) -> dict[str, Any]:
        return {
            "StackResources": [
                {
                    "LogicalResourceId": name,
                    "PhysicalResourceId": name.lower(),
                    "ResourceType": resource["Type"],
                }
                for name, resource in TEMPLATE["Resources"].items()
            ]
        }

    def list_buckets(self) -> dict[str, Any]:
        return {"Buckets": []}

    def create_bucket(self, Bucket: str) -> None:
        self._note(f"bucket {Bucket}")

    def list_objects_v2(self, Bucket: str) -> dict[str, Any]:
        return {"Contents": [{"Key": "old.zip"}]}

    def delete_object(self, Bucket: str, Key: str) -> None:
        self._note(f"delete {Key}")

    def put_object(self, Bucket: str, Key: str, Body: bytes) -> None:
        self._note(f"put {Key}")

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:
        return {"CodeSha256": self.code_sha}

    def describe_endpoint(self, EndpointName: str) -> dict[str, Any]:
        if EndpointName not in self.configs:
            raise ClientError(
                {"Error": {"Code": "ValidationException", "Message": "Could not find endpoint"}},
                "DescribeEndpoint",
            )
        return {"EndpointConfigName": self.configs[EndpointName]}

    def describe_time_to_live(self, TableName: str) -> dict[str, Any]:
        return {"TimeToLiveDescription": {"TimeToLiveStatus": self.time_to_live}}

    def update_time_to_live(self, TableName: str, TimeToLiveSpecification: Any) -> None:
        self._note(f"ttl {TableName} {TimeToLiveSpecification['AttributeName']}")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    made = Aws()
    for module in (deploy, ministack_workarounds, registered_models):
        monkeypatch.setattr(module, "client", lambda *_: made)
    return made


@pytest.fixture
def package(tmp_path: Path) -> Package:
    (tmp_path / "template.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    (tmp_path / "analytics").mkdir()
    (tmp_path / "analytics" / "template.json").write_text('{"Resources": {}}', encoding="utf-8")
    (tmp_path / "deployment.zip").write_bytes(b"zip")
    return Package(str(tmp_path), "python3.13", "arm64", "f", SHA, 3, 3)


VALUES = {"WorkerConcurrency": "2"}


def deploy_it(package: Package, **values: str) -> tuple[Any, bool]:
    return deploy.deploy(
        LocalStackSettings(deploy_timeout=1),
        aws_url="http://127.0.0.1:1",
        package=package,
        values={**VALUES, **values},
        progress=lambda _: None,
    )


def test_the_parameters_name_the_local_runtime_and_leave_tls_out(aws: Aws) -> None:
    values = deploy.parameters(LocalStackSettings(), "http://127.0.0.1:9", "http://127.0.0.1:1")

    assert values["SageMakerRuntimeEndpointUrl"] == "http://127.0.0.1:9"
    assert values["EnforceTls"] == "false"
    assert values["FineTunedEndpoint"] == "impressions-fine-tuned"
    assert values["WorkerConcurrency"] == "2"


def register(aws: Aws, **values: str) -> None:
    """What `python -m training deploy` does to the stack."""
    assert aws.stack is not None
    there = {p["ParameterKey"]: p["ParameterValue"] for p in aws.stack["Parameters"]}
    aws.stack["Parameters"] = [
        {"ParameterKey": k, "ParameterValue": v} for k, v in (there | values).items()
    ]


def parameters() -> dict[str, str]:
    return deploy.parameters(LocalStackSettings(), "http://127.0.0.1:9", "http://127.0.0.1:1")


def test_both_models_of_the_project_are_named(aws: Aws) -> None:
    values = parameters()

    assert values["PreTrainedEndpoint"] == "impressions-pre-trained"
    assert (values["FineTunedModelId"], values["FineTunedModelVersion"]) == ("embedded-t5", "1")
    assert values["PreTrainedModelId"] == "embedded-t5-base"


@pytest.mark.parametrize("endpoint", ["impressions-fine-tuned", "mine"])
def test_a_registered_model_stays_while_its_endpoint_serves_it(
    aws: Aws, package: Package, endpoint: str
) -> None:
    deploy_it(package, **parameters())
    register(aws, FineTunedEndpoint=endpoint, FineTunedModelId="t5", FineTunedModelVersion="job-7")
    aws.configs[endpoint] = f"{endpoint}-1a2b"

    values = parameters()

    assert values["FineTunedEndpoint"] == endpoint
    assert (values["FineTunedModelId"], values["FineTunedModelVersion"]) == ("t5", "job-7")
    assert values["PreTrainedModelId"] == "embedded-t5-base"


@pytest.mark.parametrize("config", ["impressions-fine-tuned", None])
def test_a_registered_model_that_is_served_no_more_gives_way_to_the_projects(
    aws: Aws, package: Package, config: str | None
) -> None:
    before = parameters()
    deploy_it(package, **before)
    register(aws, FineTunedModelId="t5", FineTunedModelVersion="job-7")
    if config is None:
        del aws.configs["impressions-fine-tuned"]

    values = parameters()
    _, deployed = deploy_it(package, **values)

    assert values == before
    assert deployed  # though the fingerprint of the last deploy is the same


def is_of_the_library(call: str) -> bool:
    """Whether a call fills JumpStart's bucket."""
    names = ("models_manifest", "proprietary-sdk-manifest", "community_models/", "huggingface-")
    return call.startswith(tuple(f"put {name}" for name in names))


def test_a_new_stack_is_created_with_zip_and_time_to_live(aws: Aws, package: Package) -> None:
    outputs, deployed = deploy_it(package)

    assert deployed
    assert outputs.landing_bucket == "landing"
    assert outputs.dead_letter_queue_url == "http://127.0.0.1:1/dead"
    library = [call for call in aws.calls if is_of_the_library(call)]
    (template,) = [call for call in aws.calls if call.startswith("put stack-")]
    assert aws.template_url == (
        f"http://127.0.0.1:1/impressions-local-artifacts/{template.removeprefix('put ')}"
    )
    assert "put models_manifest.json" in library
    assert f"put {jumpstart_bucket.TRAIN_KEY}" in library
    assert [call for call in aws.calls if call not in library] == [
        "bucket impressions-local-artifacts",
        "bucket impressions-local-training",
        "bucket jumpstart-cache-prod-us-east-1",
        "delete old.zip",
        f"put {package.zip_key}",
        "put analytics-ff1f86057e3b2b2a.json",
        template,
        "create",
        "ttl table expiration",
    ]


def test_the_functions_run_on_the_architecture_of_the_package(aws: Aws, package: Package) -> None:
    deploy_it(package)

    assert aws.stack is not None
    given = {"ParameterKey": "Architecture", "ParameterValue": "arm64"}
    assert given in aws.stack["Parameters"]


def test_the_same_again_does_nothing(aws: Aws, package: Package) -> None:
    first, _ = deploy_it(package)
    aws.calls.clear()

    second, deployed = deploy_it(package)

    assert not deployed
    assert second == first
    assert aws.calls == []


def test_another_parameter_updates_the_stack(aws: Aws, package: Package) -> None:
    deploy_it(package)
    aws.calls.clear()
    aws.time_to_live = "ENABLED"

    _, deployed = deploy_it(package, SageMakerRuntimeEndpointUrl="http://127.0.0.1:10")

    assert deployed
    assert aws.calls[-1] == "update"


def test_a_stack_that_was_rolled_back_is_deleted_first(aws: Aws, package: Package) -> None:
    aws.stack = {"StackName": "impressions-local", "StackStatus": "ROLLBACK_COMPLETE"}

    _, deployed = deploy_it(package)

    assert deployed
    assert [call for call in aws.calls if call in {"delete", "create"}] == ["delete", "create"]


def event(name: str, kind: str, **more: str) -> dict[str, Any]:
    given = {"OperationId": "2", "EventType": "STACK_EVENT", **more}
    return {"LogicalResourceId": name, "ResourceType": kind, **given}


def test_a_failure_names_the_first_resource_and_its_reason(aws: Aws, package: Package) -> None:
    aws.end = "ROLLBACK_COMPLETE"
    failed = {"ResourceStatus": "CREATE_FAILED"}
    aws.events = [  # the newest comes first
        event("impressions-local", deploy.STACK_TYPE, ResourceStatus="ROLLBACK_COMPLETE"),
        event("Table", "AWS::DynamoDB::Table", ResourceStatusReason="cancelled", **failed),
        event("Summarize", "AWS::Lambda::Function", ResourceStatusReason="no role", **failed),
        event("Old", "AWS::SQS::Queue", **{**failed, "OperationId": "1"}),
    ]

    with pytest.raises(DeployError, match=r"^Summarize \(AWS::Lambda::Function\): no role$"):
        deploy_it(package)


def test_a_refused_template_names_the_resource_and_not_the_stack(
    aws: Aws, package: Package
) -> None:
    aws.end = "ROLLBACK_COMPLETE"
    stack = {"ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "see the events"}
    bucket = {"EventType": "VALIDATION_ERROR", "ValidationStatusReason": "already exists"}
    aws.events = [
        event("impressions-local", deploy.STACK_TYPE, **stack),
        event("LandingBucket", "AWS::S3::Bucket", **bucket),
    ]

    with pytest.raises(DeployError, match=r"^LandingBucket \(AWS::S3::Bucket\): already exists$"):
        deploy_it(package)


def test_a_function_without_our_code_is_an_error(aws: Aws, package: Package) -> None:
    aws.code_sha = base64.b64encode(b"something else").decode()

    with pytest.raises(DeployError, match=r"^summarize: its code is not "):
        deploy_it(package)


def test_a_stack_that_does_not_settle_is_an_error(
    aws: Aws, package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.end = "CREATE_IN_PROGRESS"
    monkeypatch.setattr(deploy, "POLL_SECONDS", 0.01)

    with pytest.raises(DeployError, match=r"^impressions-local: still in progress after 1 s$"):
        deploy_it(package)
