"""`python -m training deploy`: deploy the models to endpoints and register them."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from training.verbs.deploy_settings import (
    add_sagemaker_options,
    local_changes,
    sagemaker_changes,
)
from training.verbs.options import (
    NEEDS_YES,
    add_billing,
    add_output,
    add_target,
    sagemaker_environment,
    target_of,
)

if TYPE_CHECKING:
    from common.aws import Target
    from training.config import Serving
    from training.jobs.find import Job

HELP = "deploy the models to endpoints and register them"
DESCRIPTION = (
    "Deploys the fine-tuned model of a job and its base model to endpoints, and registers both in"
    " the deployed stack. Existing resources are left unchanged."
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
    add_sagemaker_options(parser)


def run(options: argparse.Namespace) -> int:
    """Deploy; returns 2 if --yes is required."""
    from common.errors import SettingError
    from training.config import ROLES, Artefacts
    from training.jobs import find
    from training.serving import endpoints, roles

    is_local = options.backend == "local"
    changes = local_changes(options) if is_local else sagemaker_changes(options)
    target = target_of(options)
    job = find.finished(target, options.job)
    wanted_roles = ROLES if options.role == "both" else (options.role,)
    own = Artefacts(image=options.image_uri, model=options.model_uri, script=options.script_uri)
    if own.model and "pre-trained" not in wanted_roles:
        raise SettingError("--model-uri", "is the base model, which --role fine-tuned does not use")
    wanted = roles.servings(target, job, wanted_roles, own, _note, **changes)
    if not is_local:
        _check_generation(options, target, job, wanted)
    requests = {one.role: endpoints.requests(target, one) for one in wanted}
    for one in wanted:
        if one.repack:
            _note(str(one.repack))
    if options.dry_run:
        print(json.dumps(requests, indent=1))
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


def _note(text: str) -> None:
    print(f"note: {text}", file=sys.stderr)


def _check_generation(
    options: argparse.Namespace, target: Target, job: Job, wanted: list[Serving]
) -> None:
    """Check the generation parameters that the functions will use; SettingError if they cannot be.

    Without a stack, or with --no-register, there are none to check.
    """
    from common.errors import SettingError
    from training import stack
    from training.serving import generation
    from training.serving.register import PREFIXES

    length = options.max_output_length
    if length is not None:
        if options.no_register:
            raise SettingError(
                "--max-output-length", "is written to the stack: not with --no-register"
            )
        generation.check_length(length, job)
    try:
        parameters = stack.describe(target).parameters
    except SettingError:
        if options.yes and not (options.dry_run or options.no_register):
            raise  # now, and not when the endpoints are already billed
        return
    for one in wanted:
        name = f"{PREFIXES[one.role]}Generation"
        found = generation.read(name, parameters.get(name, ""))
        if length is not None:
            found = generation.read(name, generation.with_length(name, found, length))
        for note in generation.notes(name, found, job if one.role == "fine-tuned" else None):
            _note(note)


def _registered(options: argparse.Namespace, target: Target, wanted: list[Serving]) -> str:
    from training.serving import register

    if options.no_register:
        return "not registered"
    if register.register(target, wanted):
        return f"registered in the stack {target.stack_name}"
    return "already registered"


def _show(wanted: list[Serving]) -> None:
    from training.instances import PRICES, PriceClass

    for one in wanted:
        least, most = (one.scaling.least, one.scaling.most) if one.scaling else (1, 1)
        if one.scaling and one.scaling.night:
            most = max(most, one.scaling.night_instances)
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
