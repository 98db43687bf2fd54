"""Options that several verbs share, and what they mean."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from common.aws import Target
    from training.config import Network

NEEDS_YES = 2  # the exit status of a verb that only showed what it would do
_CLOUD = (
    "role_arn",
    "instance_type",
    "image_uri",
    "model_uri",
    "kms_key",
    "subnet",
    "security_group",
    "tag",
)


def add_target(parser: argparse.ArgumentParser) -> None:
    """Add the options that select the AWS target."""
    group = parser.add_argument_group("where")
    group.add_argument(
        "--backend",
        choices=("sagemaker", "local"),
        default="sagemaker",
        help="local: only this machine, without an AWS account (default: sagemaker)",
    )
    group.add_argument("--endpoint-url", metavar="URL", help="AWS endpoint to call")
    group.add_argument("--profile", metavar="NAME", help="a profile in ~/.aws/config")
    group.add_argument("--region", metavar="NAME", help="default: the profile's region")
    group.add_argument(
        "--stack", metavar="NAME", help="the deployed stack (default: radiology-impressions)"
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add the output options."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--quiet", action="store_true", help="do not show progress")


def add_billing(parser: argparse.ArgumentParser) -> None:
    """Add the options of verbs that cost money or delete something."""
    parser.add_argument(
        "--dry-run", action="store_true", help="print the requests as JSON without sending them"
    )
    parser.add_argument(
        "--yes",
        action="store_true",
        help="do it; without this option, only show what would be done",
    )


def target_of(options: argparse.Namespace) -> Target:
    """The AWS target that the options select; the local stack is started if it is not running.

    Raises:
        LocalError: the local stack cannot be started.
    """
    from common.aws import Target

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


def add_sagemaker(parser: argparse.ArgumentParser, instance_type: str) -> argparse._ArgumentGroup:
    """Add the options of verbs that create SageMaker resources; returns their group.

    `instance_type` is the help of that option.
    """
    group = parser.add_argument_group("with --backend sagemaker")
    group.add_argument("--role-arn", metavar="ARN", help="the role that SageMaker assumes")
    group.add_argument("--instance-type", metavar="TYPE", help=instance_type)
    group.add_argument(
        "--image-uri", metavar="IMAGE", help="image in ECR, instead of the one that JumpStart names"
    )
    group.add_argument("--kms-key", metavar="KEY", help="id or ARN of the key for stored data")
    group.add_argument(
        "--subnet", action="append", metavar="ID", help="run in a VPC; may be repeated"
    )
    group.add_argument(
        "--security-group", action="append", metavar="ID", help="required with --subnet"
    )
    group.add_argument("--tag", action="append", metavar="KEY=VALUE", help="may be repeated")
    return group


def sagemaker_environment(options: argparse.Namespace) -> str:
    """The virtual environment of a verb that needs the SageMaker SDK, except on this machine."""
    return "run" if options.backend == "local" else "sagemaker"


def refuse_sagemaker(options: argparse.Namespace, more: Sequence[str] = ()) -> None:
    """Raise SettingError for an option that has no meaning on this machine."""
    from common.errors import SettingError

    for name in (*_CLOUD, *more):
        if getattr(options, name):
            raise SettingError(f"--{name.replace('_', '-')}", "works only with --backend sagemaker")


def chosen(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were given; the typed configuration has defaults for the others."""
    return {name: value for name, value in given.items() if value is not None}


def pairs_of(option: str, texts: Sequence[str] | None) -> dict[str, str]:
    """The pairs of a repeated NAME=VALUE option; raises SettingError for one without `=`."""
    from common.errors import SettingError

    found = {}
    for text in texts or ():
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise SettingError(f"{option} {text}", "write NAME=VALUE")
        found[name] = value
    return found


def tags_of(options: argparse.Namespace) -> dict[str, str]:
    """The tags of every resource: the project's and those of --tag; SettingError for a bad one."""
    from training import limits
    from training.config import FINGERPRINT_TAG, MODEL_TAG, PROJECT_TAG, VERSION_TAG

    given = pairs_of("--tag", options.tag)
    limits.check_tags(given, (PROJECT_TAG[0], MODEL_TAG, VERSION_TAG, FINGERPRINT_TAG))
    return {**dict([PROJECT_TAG]), **given}


def network_of(options: argparse.Namespace) -> Network:
    """The network of --subnet and --security-group; raises SettingError for one alone."""
    from common.errors import SettingError
    from training.config import Network

    if bool(options.subnet) != bool(options.security_group):
        raise SettingError("--subnet, --security-group", "give both or neither")
    return Network(
        subnets=tuple(options.subnet or ()), security_groups=tuple(options.security_group or ())
    )
