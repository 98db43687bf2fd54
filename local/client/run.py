"""Uploads files to a stack's landing bucket, waits, and reports their results."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tabulate import tabulate

from chalicelib.output.baselines import ALL_ROLES
from chalicelib.output.scoring import METRICS
from common.errors import UsageError
from common.progress import ProgressBar
from local.client import lake, uploads, waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chalicelib.output.tables import FailureRow, RougeRow
    from local.client.deployed import Deployed

NIGHTLY = "nightly"
MOST_FAILURES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a run; `seconds` is the time from the first upload to the last result."""

    answered: list[waiting.Answered]
    failures: list[FailureRow]
    scores: list[RougeRow]
    seconds: float

    @property
    def means(self) -> list[lake.Mean]:
        """Mean ROUGE of each dataset and model."""
        return lake.means(self.scores)

    @property
    def records(self) -> int:
        """The number of records in all files."""
        return sum(one.records for one in self.answered)

    @property
    def failed(self) -> int:
        """Records that ended without an impression."""
        return sum(one.failed for one in self.answered)

    def as_json(self) -> dict[str, Any]:
        """The document that `--json` writes."""
        scores: dict[str, dict[str, dict[str, float]]] = {}
        for mean in self.means:
            scores.setdefault(mean.dataset, {})[mean.model] = mean.fmeasure
        return {
            "files": len(self.answered),
            "records": self.records,
            "failed": self.failed,
            "seconds": round(self.seconds, 3),
            "scores": scores,
            "results": [one.result_key for one in self.answered],
        }

    def as_text(self) -> str:
        """Counts, failures with their reasons, and the ROUGE table."""
        ok = self.records - self.failed
        counted = f"{self.records} records in: {ok} impressions, {self.failed} failed"
        parts = [f"{len(self.answered)} files, {counted}, in {self.seconds:.1f} s"]
        if self.failures:
            parts.append(_failure_lines(self.failures))
        if self.scores:
            parts.append(_rouge_table(self.means))
        return "\n\n".join(parts)


def run(  # noqa: PLR0913  # the options of the command
    stack: Deployed,
    paths: Sequence[str],
    *,
    lane: str = "incoming",
    dataset: str | None = None,
    models: Sequence[str] = (),
    quiet: bool = False,
    patience_s: float = waiting.PATIENCE_S,
    night: Callable[[], object] | None = None,
) -> Report:
    """Upload files and folders and wait until every record is accounted for.

    `night` starts the nightly run, after the upload.

    Raises:
        UsageError: a path, lane, dataset or model does not exist.
        StalledError: there is no progress any more.
    """
    check_models(models)
    planned = uploads.plan_uploads(paths, lane, dataset)
    began = time.monotonic()
    dropped: list[uploads.Dropped] = []
    with ProgressBar("uploaded", len(planned), quiet=quiet) as bar:

        def note(one: uploads.Dropped) -> None:
            dropped.append(one)
            bar.at(len(dropped))

        uploads.drop(stack, planned, note)
    if night is not None:
        night()
    expected = sum(one.records for one in dropped)
    with ProgressBar("processed", expected, quiet=quiet) as bar:
        answered = waiting.Waiter(stack, dropped, bar.at, patience_s).wait()
    seconds = time.monotonic() - began
    scores = lake.read_scores(stack, dropped)
    shown = [row for row in scores if not models or row.model_role in models]
    return Report(answered, lake.read_failures(stack, dropped), shown, seconds)


def check_models(models: Sequence[str]) -> None:
    """Raise UsageError for a model role that does not exist."""
    for name in models:
        if name not in ALL_ROLES:
            message = f"--models {name!r}: the roles are {', '.join(ALL_ROLES)}"
            raise UsageError(message)


def _failure_lines(failures: Sequence[FailureRow]) -> str:
    lines = ["failed:"]
    for row in failures[:MOST_FAILURES_SHOWN]:
        record = "" if row.record_index is None else f" record {row.record_index}"
        problem = row.error_message.removeprefix(f"record {row.record_index}: ")
        lines.append(f"  {row.source_key}{record}: {problem}")
    if len(failures) > MOST_FAILURES_SHOWN:
        lines.append(f"  … and {len(failures) - MOST_FAILURES_SHOWN} more (table failures)")
    return "\n".join(lines)


def _rouge_table(means: Sequence[lake.Mean]) -> str:
    ordered = sorted(means, key=lambda mean: (mean.dataset, ALL_ROLES.index(mean.model)))
    rows = [
        [
            mean.dataset,
            mean.model,
            mean.reports,
            *(mean.fmeasure[metric] for metric in METRICS),
            mean.normal,
            mean.abnormal,
        ]
        for mean in ordered
    ]
    titles = ["dataset", "model", "reports", *METRICS, "R1 normal", "R1 abnormal"]
    return "ROUGE, mean F1 against the radiologist's impression:\n" + tabulate(
        rows, titles, floatfmt=".4f", missingval="-"
    )
