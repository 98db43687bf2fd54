"""`python -m training deploy`: both models behind endpoints, and registered with the functions."""

from __future__ import annotations

import argparse
import json
import sys

from training.verbs.options import add_billing, add_output, add_target, target_of

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
    parser.add_argument("--no-register", action="store_true", help="leave the stack as it is")
    add_billing(parser)
    add_output(parser)
    add_target(parser)


def run(options: argparse.Namespace) -> int:
    """Deploy; 2 when --yes is wanted first."""
    from training.config import ROLES
    from training.jobs import find
    from training.serving import endpoints, plan, register, roles

    target = target_of(options)
    job = find.finished(target, options.job)
    chosen = ROLES if options.role == "both" else (options.role,)
    wanted = roles.servings(target, job, chosen)
    if options.dry_run:
        print(json.dumps({one.role: plan.requests(one) for one in wanted}, indent=1))
        return 0
    if target.backend != "local" and not options.yes:
        for one in wanted:
            least = one.scaling.least if one.scaling else 1
            print(f"{one.endpoint_name}: {least} of {one.instance_type}, billed while it is there")
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
