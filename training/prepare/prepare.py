"""Writes training and evaluation files from collections: all of them or, on an error, none.

The folder contains `train/train.jsonl` ({prompt, completion}) and `train/template.json`, the input
channel of a JumpStart fine-tune, alone in their folder because JumpStart reads every file there;
`evaluation/<dataset>.jsonl`, ready for the evaluation lane; and `report.json`, with what was kept
and left out.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO

from chalicelib.drafting.masks import normalize_masks
from chalicelib.settings import DEFAULT_PROMPT
from training.errors import CollectionError, OutputError
from training.prepare import collections
from training.prepare.report import LeftOut, Pair, Report
from training.prepare.splits import EVALUATION, TRAIN, Seen, digest, split_of

Progress = Callable[[int], None]
TEMPLATE = {
    "prompt": DEFAULT_PROMPT.replace("{findings}", "{prompt}"),
    "completion": "{completion}",
}
PLACES_NAMED = 20


@dataclass(frozen=True)
class Plan:
    """How reports are split: a share of 0 to 1 for evaluation, the same for the same seed."""

    dataset: str
    evaluation_share: float = 0.05
    seed: int = 42


@dataclass
class Summary:
    """What was kept and left out; `left_out` counts by reason, `examples` names some of each."""

    dataset: str
    seed: int
    evaluation_share: float
    reports: int = 0
    kept: dict[str, int] = field(default_factory=lambda: {TRAIN: 0, EVALUATION: 0})
    left_out: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The content of `report.json`."""
        return asdict(self)

    def leave_out(self, one: LeftOut) -> None:
        """Count a report that is not used."""
        self.left_out[one.reason] = self.left_out.get(one.reason, 0) + 1
        named = self.examples.setdefault(one.reason, [])
        if len(named) < PLACES_NAMED:
            named.append(one.place)


def prepare(
    sources: Sequence[Path], out: Path, plan: Plan, progress: Progress = lambda _: None
) -> Summary:
    """Read the collections and write the folder.

    Raises:
        CollectionError: a collection cannot be read, or nothing in it can be used.
        OutputError: the folder exists and is not empty, or cannot be created.
    """
    check_free(out)
    files = [path for source in sources for path in collections.files_of(source)]
    partial = out.with_name(f".{out.name}.preparing")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        summary = _write(_reports(files), partial, plan, progress)
        if out.exists():
            out.rmdir()
        partial.rename(out)
    except OSError as error:
        raise OutputError(out, f"cannot be written ({error.strerror})") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return summary


def check_free(out: Path) -> None:
    """Raise OutputError if `out` exists and is not an empty folder."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutputError(out, "already exists; give a new folder")


def _reports(files: Sequence[Path]) -> Iterator[Report]:
    for path in files:
        yield from collections.read(path)


def _write(reports: Iterator[Report], folder: Path, plan: Plan, progress: Progress) -> Summary:
    (folder / TRAIN).mkdir(parents=True)
    (folder / EVALUATION).mkdir()
    summary = Summary(plan.dataset, plan.seed, plan.evaluation_share)
    with ExitStack() as stack:
        seen = stack.enter_context(Seen())
        files = {
            TRAIN: stack.enter_context(_lines(folder / TRAIN / "train.jsonl")),
            EVALUATION: stack.enter_context(_lines(folder / EVALUATION / f"{plan.dataset}.jsonl")),
        }
        for one in reports:
            summary.reports += 1
            progress(summary.reports)
            if isinstance(one, LeftOut):
                summary.leave_out(one)
                continue
            findings = digest(normalize_masks(one.findings))
            if not seen.is_new(findings):
                summary.leave_out(LeftOut(one.report_id, "repeated findings"))
                continue
            split = split_of(findings, plan.seed, plan.evaluation_share)
            summary.kept[split] += 1
            files[split].write(json.dumps(_line(split, one), ensure_ascii=False) + "\n")
    if not any(summary.kept.values()):
        raise CollectionError(plan.dataset, _why_nothing(summary))
    _write_json(folder / TRAIN / "template.json", TEMPLATE)
    _write_json(folder / "report.json", summary.as_json())
    return summary


def _lines(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="\n")


def _line(split: str, pair: Pair) -> dict[str, Any]:
    findings, impression = normalize_masks(pair.findings), normalize_masks(pair.impression)
    if split == TRAIN:
        return {"prompt": findings, "completion": impression}
    return {"report_id": pair.report_id, "findings": findings, "impression": impression}


def _why_nothing(summary: Summary) -> str:
    if not summary.reports:
        return "contains no report; is it the right collection?"
    reasons = ", ".join(f"{count} {reason}" for reason, count in summary.left_out.items())
    return f"none of its {summary.reports} reports can be used ({reasons})"


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
