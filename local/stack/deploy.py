"""Deploys the package to the local AWS: the real template and zip, with CloudFormation.

Only the parameters and the changes in ministack_workarounds.py differ from a deployment to AWS.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import BotoCoreError, ClientError

from common.stack_state import Outputs
from local.aws import client
from local.errors import DeployError
from local.stack import jumpstart_bucket, ministack_workarounds, registered_models

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from common.stack_settings import LocalStackSettings
    from local.packaging.package import Package

Template = dict[str, Any]

FINGERPRINT_TAG = "impressions:fingerprint"
POLL_SECONDS = 0.1
STACK_TYPE = "AWS::CloudFormation::Stack"
SETTLED = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
# A stack in one of these cannot be updated, only deleted.
UNUSABLE = (
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "CREATE_FAILED",
    "DELETE_FAILED",
    "UPDATE_FAILED",
)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The desired stack: a template and the values of its parameters."""

    body: str
    values: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """A hash of everything, including the zip by its key in the template."""
        text = json.dumps([self.body, sorted(self.values.items())])
        return hashlib.sha256(text.encode()).hexdigest()


def parameters(settings: LocalStackSettings, runtime_url: str, aws_url: str) -> dict[str, str]:
    """The template parameters that differ on the local stack.

    Raises DeployError if the local AWS does not respond.
    """
    formation = client("cloudformation", aws_url, settings)
    try:
        models = registered_models.parameters(
            settings, runtime_url, _values(_describe(formation, settings.stack_name) or {})
        )
    except (BotoCoreError, ClientError) as error:
        raise DeployError(settings.stack_name, str(error)) from error
    return {
        **models,
        "SageMakerRuntimeEndpointUrl": runtime_url,
        "WorkerConcurrency": str(settings.worker_concurrency),
        "EnforceTls": "false",  # loopback is plain HTTP, and MiniStack enforces bucket policies
    }


def deploy(
    settings: LocalStackSettings,
    *,
    aws_url: str,
    package: Package,
    values: Mapping[str, str],
    progress: Callable[[str], None],
) -> tuple[Outputs, bool]:
    """Create or update the stack; returns False if it was already up to date.

    Raises DeployError with the resource that failed and the reason.
    """
    values = {**values, "Architecture": package.architecture}
    nested = _nested_body(package)
    nested_key = f"analytics-{hashlib.sha256(nested).hexdigest()[:16]}.json"
    template = ministack_workarounds.mended(
        _read_json(package.template_path),
        values,
        settings,
        nested_url=f"{aws_url}/{settings.artifacts_bucket}/{nested_key}",
    )
    wanted = _Wanted(json.dumps(template, separators=(",", ":"), sort_keys=True), values)
    formation = client("cloudformation", aws_url, settings)
    try:
        stack = _describe(formation, settings.stack_name)
        if stack is not None and _is_current(stack, wanted):
            return _outputs(stack), False
        started = time.monotonic()
        progress(f"deploying the stack {settings.stack_name!r} …")
        code = package.zip_path.read_bytes()
        key = f"stack-{wanted.fingerprint[:16]}.json"
        _upload(
            settings,
            aws_url,
            {package.zip_key: code, nested_key: nested, key: wanted.body.encode()},
        )
        url = f"{aws_url}/{settings.artifacts_bucket}/{key}"
        stack = _apply(formation, settings, stack, wanted, url)
        ministack_workarounds.check_code(settings, aws_url, package, _outputs(stack).function_name)
        count = ministack_workarounds.finish(settings, aws_url, template)
        progress(f"deployed {count} resources ({time.monotonic() - started:.1f} s)")
    except (BotoCoreError, ClientError) as error:
        raise DeployError(settings.stack_name, str(error)) from error
    return _outputs(stack), True


def _read_json(path: Path) -> Template:
    return cast("Template", json.loads(path.read_text(encoding="utf-8")))


def _nested_body(package: Package) -> bytes:
    found = ministack_workarounds.nested(_read_json(package.nested_path))
    return json.dumps(found, separators=(",", ":"), sort_keys=True).encode()


def _is_current(stack: Mapping[str, Any], wanted: _Wanted) -> bool:
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
    # Registering a model also updates the stack, without changing the tag.
    current = _values(stack)
    return (
        stack["StackStatus"] in SETTLED
        and tags.get(FINGERPRINT_TAG) == wanted.fingerprint
        and all(current.get(name) == value for name, value in wanted.values.items())
    )


def _values(stack: Mapping[str, Any]) -> dict[str, str]:
    """A stack's parameters."""
    given = stack.get("Parameters", [])
    return {one["ParameterKey"]: one.get("ParameterValue", "") for one in given}


def _describe(formation: Any, name: str) -> dict[str, Any] | None:  # noqa: ANN401  # boto3's
    """The stack, or None if it does not exist."""
    try:
        return cast("dict[str, Any]", formation.describe_stacks(StackName=name)["Stacks"][0])
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def _upload(settings: LocalStackSettings, aws_url: str, artifacts: Mapping[str, bytes]) -> None:
    """Upload the zip, both templates and JumpStart's files."""
    s3 = client("s3", aws_url, settings)
    bucket = settings.artifacts_bucket
    existing = {item["Name"] for item in s3.list_buckets()["Buckets"]}
    library = jumpstart_bucket.bucket_name(settings.region)
    for name in sorted({bucket, settings.training_bucket, library} - existing):
        s3.create_bucket(Bucket=name)
    jumpstart_bucket.seed(s3, settings.region, settings.models_directory / "pre-trained")
    for old in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=old["Key"])
    for key, body in artifacts.items():
        s3.put_object(Bucket=bucket, Key=key, Body=body)


def _apply(
    formation: Any,  # noqa: ANN401  # boto3's
    settings: LocalStackSettings,
    stack: Mapping[str, Any] | None,
    wanted: _Wanted,
    template_url: str,
) -> dict[str, Any]:
    """Create or update the stack from its uploaded template and wait; return its description."""
    name = settings.stack_name
    if stack is not None and stack["StackStatus"] in UNUSABLE:
        formation.delete_stack(StackName=name)
        _settle(formation, settings, gone=True)
        stack = None
    request = {
        "StackName": name,
        # Not TemplateBody: it takes at most 51,200 bytes.
        "TemplateURL": template_url,
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in wanted.values.items()],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        "Tags": [{"Key": FINGERPRINT_TAG, "Value": wanted.fingerprint}],
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
    settings: LocalStackSettings,
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
    reason = f"still in progress after {settings.deploy_timeout:.0f} s"
    raise DeployError(settings.stack_name, reason)


def _failure(
    formation: Any,  # noqa: ANN401  # boto3's
    settings: LocalStackSettings,
    stack: Mapping[str, Any] | None,
) -> DeployError:
    """The first resource that failed; later failures are cancellations caused by it."""
    events = formation.describe_events(StackName=settings.stack_name)["OperationEvents"]
    last = [event for event in events if event["OperationId"] == events[0]["OperationId"]]
    failed = [event for event in reversed(last) if _is_failure(event)]  # events are newest first
    for event in [item for item in failed if item["ResourceType"] != STACK_TYPE] + failed:
        what = f"{event['LogicalResourceId']} ({event['ResourceType']})"
        reason = event.get("ValidationStatusReason") or event.get("ResourceStatusReason")
        return DeployError(what, reason or "no reason given")
    status = stack["StackStatus"] if stack else "deleted"
    return DeployError(settings.stack_name, f"ended with status {status}")


def _is_failure(event: Mapping[str, Any]) -> bool:
    validation = event["EventType"] == "VALIDATION_ERROR"
    return validation or bool(event.get("ResourceStatus", "").endswith("FAILED"))


def _outputs(stack: Mapping[str, Any]) -> Outputs:
    """The stack's outputs, typed."""
    found = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    return Outputs.of(found)
