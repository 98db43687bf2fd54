"""The AWS of this machine, as the verbs see it."""

from __future__ import annotations

from common import environments
from common.aws import Target
from common.stack_settings import ROOT_ACCESS_KEY, LocalStackSettings
from local.stack import lifecycle


def local_target(settings: LocalStackSettings | None = None) -> Target:
    """The local stack, started when it does not run.

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
    """Stop the local stack; an AWS that is not of this machine is left alone."""
    if target.backend == "local":
        lifecycle.down(settings or LocalStackSettings(), environments.say)
