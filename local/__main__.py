"""`python -m local …`: the whole system on one machine.

Only the standard library is imported before `reexec`: the command works with any supported
Python, which makes the virtual environments on first use and goes on inside.
"""

from __future__ import annotations

import argparse
import sys

from analytics.verbs.sql import query_arguments
from local import environments
from local.errors import LocalError, UsageError

EXIT_DONE, EXIT_SOME_FAILED, EXIT_USAGE, EXIT_SET_UP = 0, 1, 2, 3
INTERRUPTED = 130


def parser() -> argparse.ArgumentParser:
    """The command line of `python -m local`."""
    made = argparse.ArgumentParser(
        prog="python -m local",
        description="The whole system on one machine: local AWS, local SageMaker, real zip.",
        epilog="exit status: 0 all done, 1 some records failed, 2 usage, 3 set-up",
    )
    verbs = made.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("up", help="start the stack and deploy to it; does nothing when it is up")
    verbs.add_parser("down", help="stop the stack; what was uploaded and answered stays on disk")
    verbs.add_parser("status", help="what runs, where, and how much work waits")
    verbs.add_parser("demo", help="the whole job on examples/ in a stack of its own")
    run = verbs.add_parser("run", help="drop files, wait for every record, print counts and ROUGE")
    run.add_argument("paths", nargs="+", metavar="PATH", help="files or folders of findings")
    run.add_argument("--lane", choices=("incoming", "evaluation", "nightly"), default="incoming")
    run.add_argument("--dataset", metavar="NAME", help="the folder below the lane")
    run.add_argument("--models", metavar="a,b", default="", help="only these roles in the table")
    run.add_argument("--json", metavar="FILE", help="also write counts, scores and keys to FILE")
    run.add_argument("--quiet", action="store_true", help="no progress")
    file = verbs.add_parser("file", help="the state of one file")
    file.add_argument("key", metavar="KEY", help="its landing key, like incoming/ward/a.json")
    verbs.add_parser("redrive", help="send what was given up back to the work queue")
    rerun = verbs.add_parser("rerun", help="have a file drafted anew by the models of now")
    rerun.add_argument("place", metavar="KEY|PREFIX/", help="one file, or all below a prefix")
    rerun.add_argument("--token", metavar="NAME", help="the same name again pays nothing again")
    verbs.add_parser("night", help="run the night now: sweep, and send nightly/ to a batch")
    sql = verbs.add_parser("sql", help="run Athena SQL on the local lake")
    query_arguments(sql)
    return made


def main() -> int:
    """Run one command; returns its exit status."""
    options = parser().parse_args()
    try:
        environments.reexec("run", also=("ministack",))
        return _dispatch(options)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_USAGE
    except LocalError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_SET_UP
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


def _dispatch(options: argparse.Namespace) -> int:
    # These import third-party packages, which are there only inside the environment.
    from local import commands  # noqa: PLC0415

    if options.verb == "run":
        models = [name for name in options.models.split(",") if name]
        return commands.run(
            options.paths,
            lane=options.lane,
            dataset=options.dataset,
            models=models,
            json_path=options.json,
            quiet=options.quiet,
        )
    if options.verb == "sql":
        return commands.sql(options)
    if options.verb == "file":
        return commands.files(options.key)
    if options.verb == "rerun":
        return commands.rerun(options.place, options.token)
    verbs = {
        "redrive": commands.redrive,
        "night": commands.night,
        "up": commands.up,
        "down": commands.down,
        "status": commands.status,
        "demo": commands.demo,
    }
    return verbs[options.verb]()


if __name__ == "__main__":
    sys.exit(main())
