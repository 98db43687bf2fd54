"""The AWS of this machine, as the verbs see it."""

from __future__ import annotations

from local import environments, stack
from local.aws import ROOT_ACCESS_KEY
from local.settings import Settings
from training.aws import Target


def local_target(settings: Settings | None = None) -> Target:
    """The local stack, started when it does not run.

    Raises:
        LocalError: it cannot be started.
    """
    settings = settings or Settings()
    running = stack.up(settings, environments.say)
    return Target(
        backend="local",
        region=settings.region,
        endpoint_url=running.front_url,
        access_key=ROOT_ACCESS_KEY,
        stack_name=settings.stack_name,
    )


def stop(target: Target, settings: Settings | None = None) -> None:
    """Stop the local stack; an AWS that is not of this machine is left alone."""
    if target.backend == "local":
        stack.down(settings or Settings(), environments.say)
