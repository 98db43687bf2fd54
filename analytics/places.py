"""Which lake a command reads: the one that is named, or the local stack's."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from analytics.errors import LakeError
from analytics.lake import PREFIX, Lake, opened
from analytics.verbs.where import LOCAL
from local import stack as stacks
from local.aws import ROOT_ACCESS_KEY
from local.settings import Settings
from training.aws import Target


@contextmanager
def lake_of(options: argparse.Namespace) -> Iterator[Lake]:
    """The lake that the options name.

    Raises:
        LakeError: the lake, or the local stack, is not there.
        AwsError: AWS refused, or was not reached.
    """
    if options.lake != LOCAL:
        target = Target(
            region=options.region, profile=options.profile, endpoint_url=options.endpoint_url
        )
        with opened(options.lake, target) as found:
            yield found
        return
    status = stacks.status(Settings())
    if status.stack is None or not status.ministack:
        problem = "the local stack is not up: run `python -m local up`, or name a --lake"
        raise LakeError(LOCAL, problem)
    with local_lake(status.stack) as found:
        yield found


@contextmanager
def local_lake(stack: stacks.Stack) -> Iterator[Lake]:
    """The lake of a running local stack."""
    target = Target(
        backend="local",
        region=stack.settings.region,
        endpoint_url=stack.aws_url,
        access_key=ROOT_ACCESS_KEY,
    )
    with opened(f"s3://{stack.outputs.results_bucket}/{PREFIX}", target) as found:
        yield found
