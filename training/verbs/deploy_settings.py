"""The settings of `deploy`: its options for SageMaker, and the endpoints that they describe."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING, Any

from training.verbs.options import add_sagemaker, chosen, network_of, refuse_sagemaker, tags_of

if TYPE_CHECKING:
    from training.config import Scaling

_SCALING = (
    "min_instances",
    "max_instances",
    "invocations_per_instance",
    "night",
    "morning",
    "night_instances",
)

# Target calls per minute x seconds of a call: docs/scale.md, "Not many more".
_BUSY_S = 37.0
_LONGEST_CALL_S = 60.0  # InvokeEndpoint fails after that
_ROUTING = {"random": None, "least-outstanding": "LEAST_OUTSTANDING_REQUESTS"}
_CLOUD = (*_SCALING, "call_seconds", "routing", "max_output_length", "script_uri")


def add_sagemaker_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that work only with --backend sagemaker."""
    group = add_sagemaker(
        parser, "default: ml.g5.2xlarge, or the nearest type that JumpStart lists"
    )
    group.add_argument(
        "--model-uri",
        metavar="S3",
        help="base model to serve; with --image-uri, JumpStart's metadata is not read",
    )
    group.add_argument(
        "--script-uri", metavar="S3", help="sourcedir.tar.gz that serves weights without a script"
    )
    group.add_argument(
        "--max-output-length",
        type=int,
        metavar="N",
        help="tokens of a draft, at most what the job was trained on; written to the stack",
    )
    group.add_argument(
        "--routing",
        choices=tuple(_ROUTING),
        help="which instance answers a call (default: random, as SageMaker does)",
    )
    group.add_argument("--min-instances", type=int, metavar="N", help="default: 1")
    group.add_argument("--max-instances", type=int, metavar="N", help="default: 4")
    group.add_argument(
        "--invocations-per-instance",
        type=float,
        metavar="N",
        help="target for auto scaling, per minute (default: 20)",
    )
    group.add_argument(
        "--call-seconds",
        type=float,
        metavar="S",
        help="how long a full call takes: sets the target so that an instance is used to 63 %%",
    )
    group.add_argument(
        "--night",
        metavar="CRON",
        help="use at least --night-instances from then on (UTC); e.g. cron(0 1 * * ? *)",
    )
    group.add_argument(
        "--morning", metavar="CRON", help="use --min-instances again from then on (UTC)"
    )
    group.add_argument("--night-instances", type=int, metavar="N", help="default: 2")


def local_changes(options: argparse.Namespace) -> dict[str, Any]:
    """No field; SettingError for an option that works only on SageMaker."""
    refuse_sagemaker(options, _CLOUD)
    return {}


def sagemaker_changes(options: argparse.Namespace) -> dict[str, Any]:
    """The fields of Serving that the options set; SettingError for options that contradict."""
    from common.errors import SettingError

    if not options.role_arn:
        raise SettingError(
            "--role-arn", "give the role that SageMaker assumes to serve: arn:aws:iam::…:role/…"
        )
    given = {
        "instance_type": options.instance_type,
        "kms_key": options.kms_key,
        "routing": _ROUTING[options.routing or "random"],
        "max_output_length": options.max_output_length,
    }
    return {
        "execution_role_arn": options.role_arn,
        "network": network_of(options),
        "scaling": _scaling(options),
        "tags": tags_of(options),
        **chosen(given),
    }


def _scaling(options: argparse.Namespace) -> Scaling:
    from common.errors import SettingError
    from training.config import Scaling

    given = {name: getattr(options, name) for name in _SCALING}
    given["least"], given["most"] = given.pop("min_instances"), given.pop("max_instances")
    if (seconds := options.call_seconds) is not None:
        if given["invocations_per_instance"] is not None:
            raise SettingError("--call-seconds, --invocations-per-instance", "give one of them")
        if not 0 < seconds < _LONGEST_CALL_S:
            raise SettingError("--call-seconds", "must be more than 0 and less than 60")
        given["invocations_per_instance"] = round(_BUSY_S / seconds, 1)
    found = Scaling(**chosen(given))
    if not 1 <= found.least <= found.most:
        raise SettingError(
            "--min-instances, --max-instances",
            "the minimum must be at least 1 and at most the maximum",
        )
    if not 0 < found.invocations_per_instance < math.inf:
        raise SettingError("--invocations-per-instance", "must be more than 0")
    _check_night(options, found)
    return found


def _check_night(options: argparse.Namespace, found: Scaling) -> None:
    """Raise SettingError for a schedule that AWS would reject, or that has no effect."""
    from common.errors import SettingError
    from training.serving import cron

    if bool(found.night) != bool(found.morning):
        raise SettingError("--night, --morning", "give both or neither, or the night never ends")
    if not found.night:
        if options.night_instances is not None:
            raise SettingError("--night-instances", "works only with --night and --morning")
        return
    cron.check("--night", found.night)
    cron.check("--morning", found.morning)
    if found.night.split() == found.morning.split():
        raise SettingError("--night, --morning", "are the same time, so the night never begins")
    if found.night_instances < 1:
        raise SettingError("--night-instances", "must be at least 1")
