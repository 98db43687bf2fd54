"""Creates or updates an endpoint; a repeated call changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from common.aws import Target, explained
from common.errors import AwsError
from training.config import Serving
from training.errors import EndpointError
from training.serving import plan

POLL_S = {"sagemaker": 15.0, "local": 0.2}
LONGEST_WAIT_S = 3600.0
# Parts of SageMaker's messages about existing and missing resources.
_TAKEN = "already existing"
_MISSING = "Could not find"

Say = Callable[[str], None]


def deploy(
    target: Target, serving: Serving, say: Say, sleep: Callable[[float], None] = time.sleep
) -> str:
    """Create or update the endpoint and wait until it serves; returns what was done, in one word.

    Raises:
        EndpointError: it does not reach InService.
        AwsError: AWS rejected the request or could not be reached.
    """
    client = target.client("sagemaker")
    _create(f"model {plan.model_name(serving)}", client.create_model, plan.model(serving))
    config = plan.config_name(serving)
    _create(f"endpoint configuration {config}", client.create_endpoint_config, plan.config(serving))
    done = _create_or_update(target, client, serving, config, say, sleep)
    _scale(target, serving)
    return done


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


def _create_or_update(  # noqa: PLR0913, PLR0917  # the state of one `deploy` call
    target: Target,
    client: Any,  # noqa: ANN401  # untyped boto3 client
    serving: Serving,
    config: str,
    say: Say,
    sleep: Callable[[float], None],
) -> str:
    name, tags = serving.endpoint_name, plan.tags(serving)
    before = _settled(target, name, say, sleep)
    if before is not None and before["EndpointStatus"] == "Failed":
        # A failed endpoint can only be deleted and created again.
        with explained(f"endpoint {name}"):
            client.delete_endpoint(EndpointName=name)
        while describe(target, name) is not None:
            sleep(POLL_S[target.backend])
        before = None
    if before is None:
        say(f"creating endpoint {name} …")
        with explained(f"endpoint {name}"):
            client.create_endpoint(EndpointName=name, EndpointConfigName=config, Tags=tags)
        done = "created"
    elif before["EndpointConfigName"] != config:
        say(f"updating endpoint {name}; the old model serves until the new one is ready …")
        with explained(f"endpoint {name}"):
            client.update_endpoint(EndpointName=name, EndpointConfigName=config)
        done = "updated"
    else:
        done = "unchanged"
    if before is not None:
        # Whoever created it, it now serves our model, and `teardown` finds it by its tags.
        with explained(f"endpoint {name}"):
            client.add_tags(ResourceArn=before["EndpointArn"], Tags=tags)
    if done == "unchanged":
        return done
    after = _settled(target, name, say, sleep)
    if after is None:
        raise EndpointError(name, "was deleted while it was being created")
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


def _create(item: str, create: Callable[..., Any], request: dict[str, Any]) -> None:
    """Create a resource unless it exists: its name is derived from its content."""
    try:
        with explained(item):
            create(**request)
    except AwsError as error:
        if _TAKEN not in str(error):
            raise


def _scale(target: Target, serving: Serving) -> None:
    wanted = plan.scaling(serving)
    if not wanted:
        return
    scaling = target.client("application-autoscaling")
    calls = {
        "RegisterScalableTarget": scaling.register_scalable_target,
        "PutScalingPolicy": scaling.put_scaling_policy,
        "PutScheduledAction": scaling.put_scheduled_action,
    }
    with explained(f"scaling of {serving.endpoint_name}"):
        for operation, requests in wanted.items():
            for request in requests:
                calls[operation](**request)
