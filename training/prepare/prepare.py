"""Writes training and evaluation files from collections: all of them or, on an error, none.

The folder contains `train/train.jsonl` ({prompt, completion}) and `train/template.json`, the input
channel of a JumpStart fine-tune, alone in their folder because JumpStart reads every file there;
`evaluation/<dataset>.jsonl`, ready for the evaluation lane; and `report.json`, with what was kept
and left out, and how good it is.

Collections are read once. Which split a report is in depends on all others (a patient may come
again, and so may findings), so pairs wait in a file of the folder until everything is read.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from chalicelib.prompt_template import fill, names_context
from chalicelib.settings import DEFAULT_PROMPT
from training.errors import CollectionError, OutputError
from training.prepare import collections, gather, page
from training.prepare.gather import Kept, Progress
from training.prepare.index import Index
from training.prepare.items import PassedOver
from training.prepare.quality import Quality
from training.prepare.records import Reading
from training.prepare.report import LeftOut, Pair, Reason, Report
from training.prepare.splits import EVALUATION, SPLITS, TRAIN, VALIDATE, Draw
from training.prepare.summary import Summary
from training.prepare.tokens import Counter, Limits

_TOO_LONG: dict[str, Reason] = {
    "max_input_length": "prompt over max_input_length",
    "max_output_length": "target over max_output_length",
}


@dataclass(frozen=True)
class Plan:
    """How reports are read and split.

    `evaluation_share` is 0 to 1; the split is the same for the same seed. `split_file` is the split
    that the collection is published with, and replaces both. `tokenizer` is the model's own; None:
    an estimate. `html` is where the data-quality page goes. `prompt` is the template that the model
    will have, with what it names beside the findings.
    """

    dataset: str
    evaluation_share: float = 0.05
    seed: int = 42
    reading: Reading = field(default_factory=Reading)
    limits: Limits = field(default_factory=Limits)
    tokenizer: Path | None = None
    split_file: Path | None = None
    html: Path | None = None
    prompt: str = DEFAULT_PROMPT


def prepare(
    sources: Sequence[Path], out: Path, plan: Plan, progress: Progress = lambda _: None
) -> Summary:
    """Read the collections and write the folder.

    Raises:
        CollectionError: a collection cannot be read, or nothing in it can be used.
        OutputError: the folder exists and is not empty, or cannot be created.
    """
    check_free(out)
    partial = out.with_name(f".{out.name}.preparing")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        summary = _write(_reports(sources, plan.reading), partial, plan, progress)
        if plan.html is not None:
            page.write(summary.as_json(), plan.html)
        if out.exists():
            out.rmdir()
        partial.rename(out)
    except OSError as error:
        raise OutputError(out, f"cannot be written ({error.strerror})") from None
    except sqlite3.Error as error:  # the index is beside the output, on the same disk
        raise OutputError(out, f"cannot be written ({error})") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return summary


def check_free(out: Path) -> None:
    """Raise OutputError if `out` exists and is not an empty folder."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutputError(out, "already exists; give a new folder")


def _reports(sources: Sequence[Path], reading: Reading) -> Iterator[Report | PassedOver]:
    for source in sources:
        yield from collections.read(source, reading)


def _write(
    reports: Iterable[Report | PassedOver], folder: Path, plan: Plan, progress: Progress
) -> Summary:
    (folder / TRAIN).mkdir(parents=True)
    (folder / EVALUATION).mkdir()
    split_file = None if plan.split_file is None else plan.split_file.name
    summary = Summary(plan.dataset, plan.seed, plan.evaluation_share, split_file, plan.prompt)
    quality = Quality(plan.limits, Counter(plan.tokenizer))
    with Index(folder / "index.sqlite") as index:
        found = gather.gather(reports, folder, index, summary, plan.split_file, progress)
        gather.check_pattern(plan.reading.patients.pattern, index)
        _write_pairs(folder, index, summary, plan, quality)
        if not any(summary.kept.values()):
            raise CollectionError(plan.dataset, summary.why_nothing())
        summary.describe(index.groups(), found.without_patient, found.contradicted)
    summary.quality = quality.as_json()
    _write_json(folder / TRAIN / "template.json", _template(plan.prompt))
    _write_json(folder / "report.json", summary.as_json())
    return summary


def _write_pairs(
    folder: Path, index: Index, summary: Summary, plan: Plan, quality: Quality
) -> None:
    draw = Draw.of(index, plan.seed, plan.evaluation_share)
    with ExitStack() as stack:
        files = {
            split: stack.enter_context(_lines(path)) for split, path in _paths(folder, plan).items()
        }
        summary.kept = dict.fromkeys(files, 0)
        for one in gather.pairs(folder):
            pair, findings = one.pair, one.findings
            split, reason = _split(one, index, draw)
            prompt = fill(plan.prompt, pair.findings, pair.context)
            over = quality.over(prompt, pair.impression)
            if reason is None and over and plan.limits.leave_out:
                quality.count_over(over)
                reason = _TOO_LONG[over[0].removesuffix("_certainly")]
            if reason is None and not index.is_first(findings):
                reason = "repeated findings"
            if reason is not None:
                summary.leave_out(LeftOut(pair.report_id, reason))
                continue
            if not plan.limits.leave_out:
                quality.count_over(over)
            summary.kept[split] += 1
            quality.add(split, pair, contradicted=index.is_contradicted(findings))
            line = _line(split, pair, plan.prompt)
            files[split].write(json.dumps(line, ensure_ascii=False) + "\n")


def _split(one: Kept, index: Index, draw: Draw) -> tuple[str, Reason | None]:
    """The split of a pair, and why it cannot be in it."""
    if one.split is None:
        return draw.split_of(index.group(one.findings)), None
    of_findings, of_patient = index.splits(one.findings, one.pair.patient)
    if of_patient > one.split:
        return SPLITS[one.split], "patient in another split"
    if of_findings > one.split:
        return SPLITS[one.split], "findings in another split"
    return SPLITS[one.split], None


def _paths(folder: Path, plan: Plan) -> dict[str, Path]:
    """The file of each split; only a split file has three."""
    found = {TRAIN: folder / TRAIN / "train.jsonl"}
    if plan.split_file is not None:
        found[VALIDATE] = folder / EVALUATION / f"{plan.dataset}-validate.jsonl"
    return {**found, EVALUATION: folder / EVALUATION / f"{plan.dataset}.jsonl"}


def _lines(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="\n")


def _template(prompt: str) -> dict[str, str]:
    """The template of the training channel.

    JumpStart fills in texts only, so prompts with optional parts are filled in here.
    """
    around = "{prompt}" if names_context(prompt) else prompt.replace("{findings}", "{prompt}")
    return {"prompt": around, "completion": "{completion}"}


def _line(split: str, pair: Pair, prompt: str) -> dict[str, Any]:
    if split == TRAIN:
        given = pair.findings
        if names_context(prompt):
            given = fill(prompt, pair.findings, pair.context)
        return {"prompt": given, "completion": pair.impression}
    return {
        "report_id": pair.report_id,
        "findings": pair.findings,
        "impression": pair.impression,
        **pair.context,
    }


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
