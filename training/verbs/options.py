"""Options that several verbs share, and what they mean."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.aws import Target


def add_target(parser: argparse.ArgumentParser) -> None:
    """Options that say which AWS to work with."""
    group = parser.add_argument_group("where")
    group.add_argument(
        "--backend",
        choices=("sagemaker", "local"),
        default="sagemaker",
        help="local: this machine alone, no AWS account (default: sagemaker)",
    )
    group.add_argument("--endpoint-url", metavar="URL", help="call this AWS instead")
    group.add_argument("--profile", metavar="NAME", help="of ~/.aws/config")
    group.add_argument("--region", metavar="NAME", help="default: the profile's")
    group.add_argument(
        "--stack", metavar="NAME", help="the deployed stack (default: radiology-impressions)"
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    """Options that say how to print."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress")


def add_billing(parser: argparse.ArgumentParser) -> None:
    """Options of verbs that cost money or delete something."""
    parser.add_argument(
        "--dry-run", action="store_true", help="print the requests as JSON and make none"
    )
    parser.add_argument("--yes", action="store_true", help="do it: without, it is only shown")


def target_of(options: argparse.Namespace) -> Target:
    """The AWS that the options name; the local one is started when it does not run.

    Raises:
        LocalError: the local stack cannot be started.
    """
    from training.aws import Target

    if options.backend == "local":
        from training.local_aws import local_target

        return local_target()
    return Target(
        backend="sagemaker",
        region=options.region,
        profile=options.profile,
        endpoint_url=options.endpoint_url,
        stack_name=options.stack or "radiology-impressions",
    )
