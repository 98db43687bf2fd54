"""The local stack as the AWS target of the verbs."""

from __future__ import annotations

from common import environments
from common.aws import Target
from common.stack_settings import ROOT_ACCESS_KEY, LocalStackSettings
from local.stack import lifecycle


def local_target(settings: LocalStackSettings | None = None) -> Target:
    """The local stack, started if it is not running.

    Raises:
        LocalError: it cannot be started.
    """
    settings = settings or LocalStackSettings()
    running = lifecycle.up(settings, environments.say)
    return Target(
        backend="local",
        region=settings.region,
        endpoint_url=running.front_url,
        access_key=ROOT_ACCESS_KEY,
        stack_name=settings.stack_name,
    )


def stop(target: Target, settings: LocalStackSettings | None = None) -> None:
    """Stop the local stack; does nothing for a target on AWS."""
    if target.backend == "local":
        lifecycle.down(settings or LocalStackSettings(), environments.say)
