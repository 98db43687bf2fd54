"""Deploy the package into the local AWS: the real template and zip, through CloudFormation.

MiniStack falls short of CloudFormation in a few places; `mended` and `_finish` make up for each,
and nothing else differs from a deploy to AWS but the parameters.
"""

from __future__ import annotations

import copy
import hashlib
import json
import time
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import BotoCoreError, ClientError

from local.aws import client
from local.errors import DeployError
from local.state import Outputs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.package import Package
    from local.settings import Settings

Template = dict[str, Any]

FINGERPRINT_TAG = "impressions:fingerprint"
POLL_SECONDS = 0.1
SETTLED = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
# A stack in one of these cannot be updated, only deleted.
UNUSABLE = (
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "CREATE_FAILED",
    "DELETE_FAILED",
    "UPDATE_FAILED",
)


def parameters(settings: Settings, runtime_url: str) -> dict[str, str]:
    """The template's parameters that differ on one machine."""
    return {
        "FineTunedEndpoint": settings.endpoint_name,
        "FineTunedModelId": settings.model_id,
        "FineTunedModelVersion": settings.model_version,
        "SageMakerRuntimeEndpointUrl": runtime_url,
        "WorkerConcurrency": str(settings.worker_concurrency),
        "EnforceTls": "false",  # loopback is plain HTTP, and MiniStack enforces bucket policies
    }


def deploy(
    settings: Settings,
    *,
    aws_url: str,
    package: Package,
    values: Mapping[str, str],
    progress: Callable[[str], None],
) -> tuple[Outputs, bool]:
    """Create or update the stack; nothing happens when it is up to date (then False comes back).

    Raises DeployError with the resource that failed and why.
    """
    template = mended(_read_template(package), values, settings)
    body = json.dumps(template, separators=(",", ":"), sort_keys=True)
    fingerprint = _fingerprint(body, values)
    formation = client("cloudformation", aws_url, settings)
    try:
        stack = _describe(formation, settings.stack_name)
        changes = stack is None or not _is_current(stack, fingerprint)
        if changes:
            started = time.monotonic()
            progress(f"deploying the stack {settings.stack_name!r} …")
            _upload(settings, aws_url, package)
            stack = _apply(formation, settings, stack, body, values, fingerprint)
            _finish(settings, aws_url, template, stack)
            count = len(template["Resources"])
            progress(f"deployed up to {count} resources ({time.monotonic() - started:.0f} s)")
    except (BotoCoreError, ClientError) as error:
        raise DeployError(settings.stack_name, str(error)) from error
    return _outputs(stack), changes


def mended(template: Template, values: Mapping[str, str], settings: Settings) -> Template:
    """The template as MiniStack needs it; every change says why."""
    result = copy.deepcopy(template)
    resources = cast("dict[str, Any]", result["Resources"])
    for resource in resources.values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::Function":
            properties["Code"]["S3Bucket"] = settings.artifacts_bucket
        if resource["Type"] == "AWS::Lambda::EventSourceMapping":
            # A {Ref} arrives as text, and the poller, comparing it with a number, stands still.
            scaling = properties["ScalingConfig"]
            scaling["MaximumConcurrency"] = int(values["WorkerConcurrency"])
        if resource["Type"] == "AWS::IAM::Role":
            _allow_batches(properties)
    return result


def _allow_batches(role: dict[str, Any]) -> None:
    """In AWS sqs:SendMessage permits SendMessageBatch; MiniStack wants an action of that name."""
    for policy in role.get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            if "sqs:SendMessage" in statement["Action"]:
                statement["Action"] = [*statement["Action"], "sqs:SendMessageBatch"]


def _read_template(package: Package) -> Template:
    return cast("Template", json.loads(package.template_path.read_text(encoding="utf-8")))


def _fingerprint(body: str, values: Mapping[str, str]) -> str:
    """A hash of what is deployed; the zip is in it, by the key in the template."""
    text = json.dumps([body, sorted(values.items())])
    return hashlib.sha256(text.encode()).hexdigest()


def _is_current(stack: Mapping[str, Any], fingerprint: str) -> bool:
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
    return stack["StackStatus"] in SETTLED and tags.get(FINGERPRINT_TAG) == fingerprint


def _describe(formation: Any, name: str) -> dict[str, Any] | None:  # noqa: ANN401  # boto3's
    """The stack, or None when there is none."""
    try:
        return cast("dict[str, Any]", formation.describe_stacks(StackName=name)["Stacks"][0])
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def _upload(settings: Settings, aws_url: str, package: Package) -> None:
    """Put the zip where the template takes the code from, under a key made of its hash."""
    s3 = client("s3", aws_url, settings)
    bucket = settings.artifacts_bucket
    if bucket not in {item["Name"] for item in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=bucket)
    for old in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=old["Key"])
    s3.put_object(Bucket=bucket, Key=package.zip_key, Body=package.zip_path.read_bytes())


def _apply(  # noqa: PLR0913
    formation: Any,  # noqa: ANN401  # boto3's
    settings: Settings,
    stack: Mapping[str, Any] | None,
    body: str,
    values: Mapping[str, str],
    fingerprint: str,
) -> dict[str, Any]:
    """Create or update the stack and wait; return its description."""
    name = settings.stack_name
    if stack is not None and stack["StackStatus"] in UNUSABLE:
        formation.delete_stack(StackName=name)
        _settle(formation, settings, gone=True)
        stack = None
    request = {
        "StackName": name,
        "TemplateBody": body,
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
        "Capabilities": ["CAPABILITY_IAM"],
        "Tags": [{"Key": FINGERPRINT_TAG, "Value": fingerprint}],
    }
    if stack is None:
        formation.create_stack(**request)
    else:
        formation.update_stack(**request)
    settled = _settle(formation, settings)
    if settled is None or settled["StackStatus"] not in SETTLED:
        raise _failure(formation, settings, settled)
    return settled


def _settle(
    formation: Any,  # noqa: ANN401  # boto3's
    settings: Settings,
    *,
    gone: bool = False,
) -> dict[str, Any] | None:
    """Wait until the stack is no longer in progress."""
    deadline = time.monotonic() + settings.deploy_timeout
    while time.monotonic() < deadline:
        stack = _describe(formation, settings.stack_name)
        if stack is None or stack["StackStatus"] == "DELETE_COMPLETE":
            return None
        if not gone and not stack["StackStatus"].endswith("IN_PROGRESS"):
            return stack
        time.sleep(POLL_SECONDS)
    reason = f"not settled within {settings.deploy_timeout:.0f} s"
    raise DeployError(settings.stack_name, reason)


def _failure(
    formation: Any,  # noqa: ANN401  # boto3's
    settings: Settings,
    stack: Mapping[str, Any] | None,
) -> DeployError:
    """The first resource that failed: what failed later was cancelled because of it."""
    events = formation.describe_stack_events(StackName=settings.stack_name)["StackEvents"]
    for event in reversed(events):  # the newest comes first
        if event["ResourceStatus"].endswith("FAILED"):
            what = f"{event['LogicalResourceId']} ({event['ResourceType']})"
            return DeployError(what, event.get("ResourceStatusReason", "no reason given"))
    status = stack["StackStatus"] if stack else "gone"
    return DeployError(settings.stack_name, f"ended as {status}")


def _finish(settings: Settings, aws_url: str, template: Template, stack: Mapping[str, Any]) -> None:
    """Switch on what MiniStack's CloudFormation leaves off: the tables' time to live."""
    dynamodb = client("dynamodb", aws_url, settings)
    formation = client("cloudformation", aws_url, settings)
    for resource in formation.describe_stack_resources(StackName=stack["StackName"])[
        "StackResources"
    ]:
        if resource["ResourceType"] != "AWS::DynamoDB::Table":
            continue
        properties = template["Resources"][resource["LogicalResourceId"]]["Properties"]
        table, wanted = resource["PhysicalResourceId"], properties["TimeToLiveSpecification"]
        found = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if found["TimeToLiveStatus"] == "DISABLED":
            dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=wanted)


def _outputs(stack: Mapping[str, Any]) -> Outputs:
    """The stack's outputs, typed."""
    found = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    return Outputs(
        landing_bucket=found["LandingBucketName"],
        results_bucket=found["ResultsBucketName"],
        work_queue_url=found["WorkQueueUrl"],
        dead_letter_queue_url=found["DeadLetterQueueUrl"],
        idempotency_table=found["IdempotencyTableName"],
        progress_table=found["ProgressTableName"],
        function_name=found["FunctionName"],
        log_group=found["LogGroupName"],
    )
