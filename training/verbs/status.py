"""`python -m training status`: what the newest job does, and which models serve."""

from __future__ import annotations

import argparse
import json

from training.verbs.options import add_output, add_target, target_of

HELP = "what a training job does, and which models serve"
DESCRIPTION = "Tells of the newest training job, or of a named one, and of both endpoints."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's own options."""
    parser.add_argument("--job", metavar="NAME", help="default: the newest of this project")
    add_output(parser)
    add_target(parser)


def run(options: argparse.Namespace) -> int:
    """Print the status; 0 whatever it is."""
    from training.jobs import find, view
    from training.serving import roles

    target = target_of(options)
    job = find.describe(target, options.job) if options.job else find.newest(target)
    served = roles.status(target)
    told = view.summary(job) if job else None
    if options.json:
        print(json.dumps({"job": told, "endpoints": served}))
        return 0
    print(view.lines(told) if told else "no training job yet; `fine-tune` starts one")
    for role, one in served.items():
        print()
        print(view.lines({"role": role} | one))
    return 0
