"""`python -m training prepare`: convert report collections to training and evaluation files."""

from __future__ import annotations

import argparse
import json
import math
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from training.verbs.options import add_output, add_target, target_of

if TYPE_CHECKING:
    from training.prepare.prepare import Plan
    from training.prepare.summary import Summary

HELP = "convert report collections to training and evaluation files"
DESCRIPTION = (
    "Reads MIMIC-CXR, CheXpert Plus, Open-i, MEDIQA, Kaggle and similar collections as published:"
    " free text, XML, JSON, CSV, Parquet, in folders and archives (docs/collections.md). No patient"
    " and no findings are in two splits, and repeated findings are left out."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's own options."""
    parser.add_argument(
        "sources", nargs="+", metavar="SOURCE", help="file or folder, or s3://bucket/prefix"
    )
    parser.add_argument(
        "--out", required=True, metavar="DIR", help="a new folder, or s3://bucket/prefix"
    )
    parser.add_argument("--dataset", metavar="NAME", help="default: the first source's name")
    parser.add_argument(
        "--evaluation-share", type=_share, default=0.05, metavar="0…1", help="default: 0.05"
    )
    parser.add_argument("--seed", type=int, default=42, help="seed of the split (default: 42)")
    parser.add_argument(
        "--split-file",
        metavar="FILE",
        help="the published split: a table with study_id and split; replaces share and seed",
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="also write report.json as a page"
    )
    parser.add_argument(
        "--prompt",
        type=_prompt,
        metavar="TEMPLATE",
        help="the model's prompt template, if it names more than {findings} (docs/guide.md)",
    )
    _columns(parser)
    _lengths(parser)
    add_output(parser)
    add_target(parser)


def run(options: argparse.Namespace) -> int:
    """Prepare the files; returns 0 once they are written."""
    from common import s3
    from common.progress import ProgressBar
    from training.prepare.places import prepare_places

    plan = _plan(options)
    places = [*options.sources, options.out, options.split_file or ""]
    uses_s3 = any(map(s3.is_s3, places))
    with ProgressBar("reading", None, quiet=options.quiet) as bar:
        summary = prepare_places(
            options.sources,
            options.out,
            plan,
            target_of(options) if uses_s3 else None,
            bar.at,
            split_file=options.split_file,
        )
    print(json.dumps(summary.as_json()) if options.json else table(summary, options.out))
    return 0


def table(summary: Summary, out: str) -> str:
    """What was kept and left out, in human-readable form."""
    from tabulate import tabulate

    rows = [(f"kept for {split}", count) for split, count in summary.kept.items()]
    rows += [(f"left out: {reason}", count) for reason, count in summary.left_out.items()]
    if summary.files_passed_over:
        rows.append(("files passed over (see report.json)", summary.files_passed_over))
    head = f"{summary.reports} reports of {summary.dataset}, written to {out}"
    return f"{head}\n{tabulate(rows, tablefmt='plain')}"


def _columns(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("columns, where a collection uses names of its own")
    group.add_argument("--findings-column", metavar="NAME")
    group.add_argument("--impression-column", metavar="NAME")
    group.add_argument(
        "--report-column", metavar="NAME", help="whole reports, whose sections are searched"
    )
    group.add_argument("--id-column", metavar="NAME")
    group.add_argument("--patient-column", metavar="NAME")
    group.add_argument(
        "--patient-pattern",
        metavar="REGEX",
        help="searched in a file's path or a row's id; its group is the patient",
    )


def _lengths(parser: argparse.ArgumentParser) -> None:
    from training.prepare.tokens import Limits

    limits = Limits()
    group = parser.add_argument_group("what the model cuts off")
    group.add_argument(
        "--max-input-length",
        type=_positive,
        default=limits.max_input_length,
        metavar="TOKENS",
        help=f"of a prompt (default: {limits.max_input_length})",
    )
    group.add_argument(
        "--max-output-length",
        type=_positive,
        default=limits.max_output_length,
        metavar="TOKENS",
        help=f"of an impression (default: {limits.max_output_length})",
    )
    group.add_argument(
        "--leave-out-too-long", action="store_true", help="default: only count those reports"
    )
    group.add_argument(
        "--tokenizer",
        type=Path,
        metavar="FILE",
        help="the model's spiece.model (default: an estimate with the embedded model's)",
    )


def _plan(options: argparse.Namespace) -> Plan:
    from chalicelib.settings import DEFAULT_PROMPT
    from training.prepare.columns import Columns
    from training.prepare.patients import Patients, pattern_of
    from training.prepare.prepare import Plan
    from training.prepare.records import Reading
    from training.prepare.tokens import Limits

    columns = Columns(
        options.findings_column,
        options.impression_column,
        options.report_column,
        options.id_column,
        options.patient_column,
    )
    pattern = None if options.patient_pattern is None else pattern_of(options.patient_pattern)
    return Plan(
        options.dataset or _dataset(PurePosixPath(options.sources[0]).name),
        options.evaluation_share,
        options.seed,
        Reading(columns, Patients(pattern)),
        Limits(options.max_input_length, options.max_output_length, options.leave_out_too_long),
        options.tokenizer,
        html=options.html,
        prompt=options.prompt or DEFAULT_PROMPT,
    )


def _prompt(text: str) -> str:
    from chalicelib.prompt_template import problem_of

    problem = problem_of(text)
    if problem is not None:
        raise argparse.ArgumentTypeError(f"the template {problem}")
    return text


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _dataset(name: str) -> str:
    """A dataset name for rows and keys, derived from the name of a file or folder."""
    stem = name.split(".", 1)[0]
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-") or "reports"


def _share(text: str) -> float:
    number = float(text)
    if not (math.isfinite(number) and 0 <= number <= 1):
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return number
