"""The verb `prepare`: progress on stderr, what was kept on stdout."""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import asdict

from tabulate import tabulate

from local.bars import Bar
from training.prepare.prepare import Plan, Summary, prepare


def run(options: argparse.Namespace) -> int:
    """Prepare as the options say; 0 when written."""
    plan = Plan(
        options.dataset or _dataset(options.sources[0].name),
        options.evaluation_share,
        options.seed,
    )
    with Bar("reading", None, quiet=options.quiet) as bar:
        summary = prepare(options.sources, options.out, plan, bar.at)
    print(json.dumps(asdict(summary)) if options.json else table(summary, str(options.out)))
    return 0


def table(summary: Summary, out: str) -> str:
    """What was kept and left out, for people."""
    rows = [(f"kept for {split}", count) for split, count in summary.kept.items()]
    rows += [(f"left out: {reason}", count) for reason, count in summary.left_out.items()]
    head = f"{summary.reports} reports of {summary.dataset}, written to {out}"
    return f"{head}\n{tabulate(rows, tablefmt='plain')}"


def _dataset(name: str) -> str:
    """A name for rows and keys out of a file's or folder's."""
    stem = name.split(".", 1)[0]
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-") or "reports"
