"""Creates or updates an endpoint; a repeated call changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from common.aws import Target, explained
from common.errors import AwsError
from training import limits
from training.config import Serving
from training.errors import EndpointError
from training.jobs.find import tags
from training.serving import plan, repack, scaling
from training.serving.plan import Request

POLL_S = {"sagemaker": 15.0, "local": 0.2}
LONGEST_WAIT_S = 3600.0
# Parts of SageMaker's messages about existing and missing resources.
_TAKEN = "already existing"
_MISSING = "Could not find"
_CREATES = {"CreateModel": "create_model", "CreateEndpointConfig": "create_endpoint_config"}

Say = Callable[[str], None]


def deploy(
    target: Target, serving: Serving, say: Say, sleep: Callable[[float], None] = time.sleep
) -> str:
    """Create or update the endpoint and wait until it serves; returns what was done, in one word.

    That is `created`, `updated`, `rescaled` or `unchanged`.

    Raises:
        EndpointError: it does not reach InService.
        AwsError: AWS rejected the request or could not be reached.
    """
    name = serving.endpoint_name
    before = _settled(target, name, say, sleep)
    wanted = _requests(target, serving, before)
    if (
        serving.repack
        and "CreateModel" in wanted
        and repack.make(target, serving.repack, serving.kms_key)
    ):
        say(str(serving.repack))
    client = target.client("sagemaker")
    for operation, method in _CREATES.items():
        for request in wanted.get(operation, ()):
            _create(f"{method.partition('_')[2]} for {name}", getattr(client, method), request)
    done = _create_or_update(target, serving, wanted, say, sleep)
    scaled = scaling.requests(target, serving)
    scaling.send(target, serving, scaled)
    return "rescaled" if scaled and done == "unchanged" else done


def requests(target: Target, serving: Serving) -> dict[str, list[Request]]:
    """What `deploy` would send now, by operation and in this order; only reads.

    Raises:
        SettingError: AWS's service model does not allow a request.
        AwsError: AWS rejected the request or could not be reached.
    """
    before = describe(target, serving.endpoint_name)
    found = _requests(target, serving, before)
    scaled = scaling.requests(target, serving)
    for service, operations in (("sagemaker", found), ("application-autoscaling", scaled)):
        for operation, sent in operations.items():
            for request in sent:
                limits.check(target, service, operation, request)
    return found | scaled


def describe(target: Target, name: str) -> dict[str, Any] | None:
    """An endpoint as DescribeEndpoint returns it, or None.

    Raises:
        AwsError: AWS rejected the request or could not be reached.
    """
    try:
        with explained(f"endpoint {name}"):
            found: dict[str, Any] = target.client("sagemaker").describe_endpoint(EndpointName=name)
    except AwsError as error:
        if is_missing(error):
            return None
        raise
    return found


def is_missing(error: AwsError) -> bool:
    """Whether SageMaker's error says that the resource does not exist."""
    return error.code == "ValidationException" and _MISSING in str(error)


def _requests(
    target: Target, serving: Serving, before: dict[str, Any] | None
) -> dict[str, list[Request]]:
    """The requests about the model and the endpoint, whose description is `before`."""
    client = target.client("sagemaker")
    model, config = plan.model_name(serving), plan.config_name(serving)
    found: dict[str, list[Request]] = {}
    if not _exists(f"model {model}", client.describe_model, ModelName=model):
        found["CreateModel"] = [plan.model(serving)]
    item = f"endpoint configuration {config}"
    if not _exists(item, client.describe_endpoint_config, EndpointConfigName=config):
        found["CreateEndpointConfig"] = [plan.config(serving)]
    if before is not None and before["EndpointStatus"] == "Failed":
        # A failed endpoint can only be deleted and created again.
        found["DeleteEndpoint"] = [{"EndpointName": serving.endpoint_name}]
        before = None
    if before is None:
        found["CreateEndpoint"] = [plan.create(serving)]
        return found
    if before["EndpointConfigName"] != config:
        found["UpdateEndpoint"] = [plan.update(serving, before)]
    if not serving.tags.items() <= tags(target, before["EndpointArn"]).items():
        # Whoever created it, it now serves our model, and `teardown` finds it by its tags.
        found["AddTags"] = [{"ResourceArn": before["EndpointArn"], "Tags": plan.tags(serving)}]
    return found


def _create_or_update(
    target: Target,
    serving: Serving,
    wanted: dict[str, list[Request]],
    say: Say,
    sleep: Callable[[float], None],
) -> str:
    name, client = serving.endpoint_name, target.client("sagemaker")
    done = "unchanged"
    with explained(f"endpoint {name}"):
        for request in wanted.get("DeleteEndpoint", ()):
            client.delete_endpoint(**request)
            while describe(target, name) is not None:
                sleep(POLL_S[target.backend])
        for request in wanted.get("CreateEndpoint", ()):
            say(f"creating endpoint {name} …")
            client.create_endpoint(**request)
            done = "created"
        for request in wanted.get("UpdateEndpoint", ()):
            say(f"updating endpoint {name}; the old model serves until the new one is ready …")
            client.update_endpoint(**request)
            done = "updated"
        for request in wanted.get("AddTags", ()):
            client.add_tags(**request)
    if done == "unchanged":
        return done
    after = _settled(target, name, say, sleep)
    if after is None:
        raise EndpointError(name, "was deleted while it was being created")
    config = plan.config_name(serving)
    if after["EndpointStatus"] != "InService" or after["EndpointConfigName"] != config:
        reason = after.get("FailureReason") or f"its status is {after['EndpointStatus']}"
        raise EndpointError(name, f"does not serve the new model: {reason}")
    return done


def _settled(
    target: Target, name: str, say: Say, sleep: Callable[[float], None]
) -> dict[str, Any] | None:
    """The endpoint once its status is no longer transitional; None if it does not exist."""
    began = reported = time.monotonic()
    while True:
        found = describe(target, name)
        if found is None or not found["EndpointStatus"].endswith("ing"):
            return found
        now = time.monotonic()
        if now - began > LONGEST_WAIT_S:
            problem = f"is still {found['EndpointStatus']} after {LONGEST_WAIT_S / 60:.0f} minutes"
            raise EndpointError(name, f"{problem}; check its log, then repeat the command")
        if now - reported > 60:  # noqa: PLR2004  # a minute
            reported = now
            say(f"{name} is {found['EndpointStatus']} ({now - began:.0f} s)")
        sleep(POLL_S[target.backend])


def _exists(item: str, describe: Callable[..., Any], **which: str) -> bool:
    try:
        with explained(item):
            describe(**which)
    except AwsError as error:
        if is_missing(error):
            return False
        raise
    return True


def _create(item: str, create: Callable[..., Any], request: dict[str, Any]) -> None:
    """Create a resource unless it exists: its name is derived from its content."""
    try:
        with explained(item):
            create(**request)
    except AwsError as error:
        if _TAKEN not in str(error):
            raise
