"""`python -m training status`: show a training job and the endpoints."""

from __future__ import annotations

import argparse
import json

from training.verbs.options import add_output, add_target, target_of

HELP = "show a training job and the endpoints"
DESCRIPTION = "Shows the newest training job, or the given one, and both endpoints."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's own options."""
    parser.add_argument("--job", metavar="NAME", help="default: the project's newest job")
    add_output(parser)
    add_target(parser)


def run(options: argparse.Namespace) -> int:
    """Print the status; always returns 0."""
    from training.jobs import find, view
    from training.serving import roles

    target = target_of(options)
    job = find.describe(target, options.job) if options.job else find.newest(target)
    served = roles.status(target)
    summary = view.summary(job) if job else None
    if options.json:
        print(json.dumps({"job": summary, "endpoints": served}))
        return 0
    print(view.lines(summary) if summary else "no training job yet; `fine-tune` starts one")
    for role, one in served.items():
        print()
        print(view.lines({"role": role} | one))
    return 0
