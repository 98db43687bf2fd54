"""`python -m training teardown`: delete endpoints and their resources, but no data."""

from __future__ import annotations

import argparse
import json
import sys

from training.verbs.options import add_billing, add_output, add_target, target_of

HELP = "delete endpoints, their configurations and models; never data"
DESCRIPTION = "Lists what `deploy` created, and deletes it with --yes. Data is kept."

AFTER = {
    "sagemaker": "the stack's functions call these endpoints: deploy again before files arrive",
    "local": "the next start of the local stack restores the models that come with the project",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's own options."""
    parser.add_argument(
        "--role",
        choices=("fine-tuned", "pre-trained", "both"),
        default="both",
        help="which model's endpoint (default: both)",
    )
    add_billing(parser)
    add_output(parser)
    add_target(parser)


def run(options: argparse.Namespace) -> int:
    """Show, or delete with --yes."""
    from training.serving import roles, teardown

    target = target_of(options)
    names = roles.endpoint_names(target)
    chosen = list(names.values()) if options.role == "both" else [names[options.role]]
    found = teardown.find(target, chosen)
    deleting = options.yes and not options.dry_run
    if deleting:
        teardown.delete(target, found)
    if options.json:
        print(json.dumps({"deleted" if deleting else "would_delete": found.lines()}))
        return 0
    for line in found.lines():
        print(f"{'deleted' if deleting else 'would delete'} {line}")
    if not found.lines():
        print("nothing to delete")
    elif not deleting:
        print("nothing was deleted: add --yes", file=sys.stderr)
    print(teardown.KEPT)
    if found.endpoints:
        print(AFTER[target.backend], file=sys.stderr)
    return 0
