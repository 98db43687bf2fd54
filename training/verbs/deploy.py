"""`python -m training deploy`: deploy the models to endpoints and register them."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from training.verbs.options import (
    NEEDS_YES,
    add_billing,
    add_output,
    add_sagemaker,
    add_target,
    chosen,
    network_of,
    pairs_of,
    refuse_sagemaker,
    sagemaker_environment,
    target_of,
)

if TYPE_CHECKING:
    from common.aws import Target
    from training.config import Scaling, Serving

HELP = "deploy the models to endpoints and register them"
DESCRIPTION = (
    "Deploys the fine-tuned model of a job and its base model to endpoints, and registers both in"
    " the deployed stack. Existing resources are left unchanged."
)
_SCALING = (
    "min_instances",
    "max_instances",
    "invocations_per_instance",
    "night",
    "morning",
    "night_instances",
)

environment = sagemaker_environment


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's own options."""
    parser.add_argument("--job", metavar="NAME", help="default: the newest finished job")
    parser.add_argument(
        "--role",
        choices=("fine-tuned", "pre-trained", "both"),
        default="both",
        help="which model (default: both, to compare them)",
    )
    parser.add_argument("--no-register", action="store_true", help="do not change the stack")
    add_billing(parser)
    add_output(parser)
    add_target(parser)
    group = add_sagemaker(parser, "ml.g5.2xlarge")
    group.add_argument("--min-instances", type=int, metavar="N", help="default: 1")
    group.add_argument("--max-instances", type=int, metavar="N", help="default: 4")
    group.add_argument(
        "--invocations-per-instance",
        type=float,
        metavar="N",
        help="target for auto scaling, per minute (default: 20)",
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


def run(options: argparse.Namespace) -> int:
    """Deploy; returns 2 if --yes is required."""
    from training.config import ROLES
    from training.jobs import find
    from training.serving import endpoints, plan, roles

    is_local = options.backend == "local"
    changes = _local_changes(options) if is_local else _changes(options)
    target = target_of(options)
    job = find.finished(target, options.job)
    wanted_roles = ROLES if options.role == "both" else (options.role,)
    wanted = roles.servings(target, job, wanted_roles, **changes)
    if options.dry_run:
        print(json.dumps({one.role: plan.requests(one) for one in wanted}, indent=1))
        return 0
    if not (is_local or options.yes):
        _show(wanted)
        return NEEDS_YES
    done = {}
    for one in wanted:
        done[one.endpoint_name] = endpoints.deploy(
            target, one, lambda text: None if options.quiet else print(text, file=sys.stderr)
        )
    _print_result(options, done, _registered(options, target, wanted))
    return 0


def _registered(options: argparse.Namespace, target: Target, wanted: list[Serving]) -> str:
    from training.serving import register

    if options.no_register:
        return "not registered"
    if register.register(target, wanted):
        return f"registered in the stack {target.stack_name}"
    return "already registered"


def _local_changes(options: argparse.Namespace) -> dict[str, Any]:
    refuse_sagemaker(options, _SCALING)
    return {}


def _changes(options: argparse.Namespace) -> dict[str, Any]:
    """The fields of Serving that the options set."""
    from common.errors import SettingError
    from training.config import PROJECT_TAG

    if not options.role_arn:
        raise SettingError(
            "--role-arn", "give the role that SageMaker assumes to serve: arn:aws:iam::…:role/…"
        )
    given = {"instance_type": options.instance_type, "kms_key": options.kms_key}
    return {
        "execution_role_arn": options.role_arn,
        "network": network_of(options),
        "scaling": _scaling(options),
        "tags": {**dict([PROJECT_TAG]), **pairs_of("--tag", options.tag)},
        **chosen(given),
    }


def _scaling(options: argparse.Namespace) -> Scaling:
    from common.errors import SettingError
    from training.config import Scaling

    given = {name: getattr(options, name) for name in _SCALING}
    given["least"], given["most"] = given.pop("min_instances"), given.pop("max_instances")
    found = Scaling(**chosen(given))
    if not 1 <= found.least <= found.most:
        raise SettingError(
            "--min-instances, --max-instances",
            "the minimum must be at least 1 and at most the maximum",
        )
    if bool(found.night) != bool(found.morning):
        raise SettingError("--night, --morning", "give both or neither, or the night never ends")
    return found


def _show(wanted: list[Serving]) -> None:
    from training.instances import PRICES, PriceClass

    for one in wanted:
        least, most = (one.scaling.least, one.scaling.most) if one.scaling else (1, 1)
        print(f"{one.endpoint_name}: {PriceClass(one.instance_type, least, most, None)}")
    print(PRICES)
    print("nothing was created: check with --dry-run, then add --yes", file=sys.stderr)


def _print_result(options: argparse.Namespace, done: dict[str, str], registered: str) -> None:
    if options.json:
        print(json.dumps({"endpoints": done, "registered": registered}))
        return
    for name, what in done.items():
        print(f"{name}: {what}")
    print(registered)
