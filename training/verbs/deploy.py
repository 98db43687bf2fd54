"""`python -m training deploy`: both models behind endpoints, and registered with the functions."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from training.verbs.options import add_billing, add_output, add_target, target_of

if TYPE_CHECKING:
    from training.aws import Target
    from training.config import Serving

HELP = "put the models behind endpoints and register them"
DESCRIPTION = (
    "Puts the fine-tuned model of a job, and the model that it started from, behind endpoints, and"
    " registers both in the deployed stack. What is there already is left as it is."
)
NEEDS_YES = 2


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's own options."""
    parser.add_argument("--job", metavar="NAME", help="default: the newest finished job")
    parser.add_argument(
        "--role",
        choices=("fine-tuned", "pre-trained", "both"),
        default="both",
        help="which model (default: both, to compare them)",
    )
    parser.add_argument(
        "--role-arn", default="", metavar="ARN", help="what the containers run under"
    )
    parser.add_argument("--instance-type", metavar="TYPE", help="default: ml.g5.2xlarge")
    parser.add_argument("--no-register", action="store_true", help="leave the stack as it is")
    scaling = parser.add_argument_group("scaling (not on one machine)")
    scaling.add_argument("--least", type=int, default=1, metavar="N", help="instances; default 1")
    scaling.add_argument("--most", type=int, default=4, metavar="N", help="instances; default 4")
    scaling.add_argument(
        "--invocations",
        type=float,
        default=20.0,
        metavar="N",
        help="calls a minute and instance to aim at; default 20",
    )
    scaling.add_argument("--night", default="", metavar="CRON", help="when more are needed, in UTC")
    scaling.add_argument("--morning", default="", metavar="CRON", help="when they are not any more")
    scaling.add_argument("--night-instances", type=int, default=2, metavar="N", help="default 2")
    network = parser.add_argument_group("network and keys")
    network.add_argument("--subnets", nargs="+", default=[], metavar="ID")
    network.add_argument("--security-groups", nargs="+", default=[], metavar="ID")
    network.add_argument("--kms-key", metavar="ARN", help="for the instances' volumes")
    add_billing(parser)
    add_output(parser)
    add_target(parser)


def environment(options: argparse.Namespace) -> str:
    """JumpStart's images are looked up with the SageMaker SDK."""
    return "run" if options.backend == "local" else "sagemaker"


def run(options: argparse.Namespace) -> int:
    """Deploy; 2 when --yes is wanted first."""
    from training.jobs import find
    from training.serving import endpoints, plan, register

    target = target_of(options)
    job = find.finished(target, options.job)
    wanted = _servings(options, target, job)
    if options.dry_run:
        print(json.dumps({one.role: plan.requests(one) for one in wanted}, indent=1))
        return 0
    if target.backend != "local" and not options.yes:
        for one in wanted:
            least = one.scaling.least if one.scaling else 1
            print(f"{one.endpoint_name}: {least} × {one.instance_type}, billed while it is there")
        print("nothing was made: look with --dry-run, then add --yes", file=sys.stderr)
        return NEEDS_YES
    done = {}
    for one in wanted:
        done[one.endpoint_name] = endpoints.deploy(
            target, one, lambda text: None if options.quiet else print(text, file=sys.stderr)
        )
    registered = False if options.no_register else register.register(target, wanted)
    if options.json:
        print(json.dumps({"endpoints": done, "registered": registered}))
        return 0
    for name, what in done.items():
        print(f"{name}: {what}")
    print(f"registered in the stack {target.stack_name}" if registered else "registered before")
    return 0


def _servings(options: argparse.Namespace, target: Target, job: dict[str, object]) -> list[Serving]:
    from training.config import ROLES, Network, Scaling
    from training.errors import SettingError
    from training.serving import roles

    if bool(options.subnets) != bool(options.security_groups):
        raise SettingError("--subnets", "goes together with --security-groups")
    chosen = ROLES if options.role == "both" else (options.role,)
    if target.backend == "local":
        return roles.servings(target, job, chosen)
    changes = {"instance_type": options.instance_type} if options.instance_type else {}
    return roles.servings(
        target,
        job,
        chosen,
        options.role_arn,
        **changes,
        kms_key=options.kms_key,
        network=Network(
            subnets=tuple(options.subnets), security_groups=tuple(options.security_groups)
        ),
        scaling=Scaling(
            least=options.least,
            most=options.most,
            invocations_per_instance=options.invocations,
            night=options.night,
            morning=options.morning,
            night_instances=options.night_instances,
        ),
    )
