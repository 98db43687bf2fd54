"""The figures at the top of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analytics.engine.athena import Athena
from analytics.report import statistics
from analytics.report.flags import CRITICAL, Rates
from analytics.report.scores import CLINICAL, Model, Scores
from analytics.report.statistics import Estimate, Floats
from analytics.report.tables import ALL
from chalicelib.settings import ROLES

_FAILED = """
SELECT count(DISTINCT run_id || '/' || CAST(record_index AS varchar)) AS records,
       count(DISTINCT CASE WHEN record_index IS NULL THEN run_id END) AS files
FROM v_failures
"""
_DRAFTS = """
SELECT count(DISTINCT run_id || '/' || CAST(record_index AS varchar)) AS drafts
FROM v_impressions
WHERE model_role = ? AND model_id = ? AND model_version = ?
"""


class Tile(NamedTuple):
    """One figure.

    Attributes:
        label: what it is.
        value: a number, or an estimate (a share if `is_share`).
        note: of which reports, in words.
        target: the id of the section with more, or "".
        is_bad: whether a reader should look at it.
        is_share: whether the estimate is shown in per cent.
    """

    label: str
    value: int | Estimate
    note: str
    target: str
    is_bad: bool = False
    is_share: bool = False


def tiles(
    athena: Athena, reports: int, scored: int, scores: Scores, flags: Sequence[Rates]
) -> list[Tile]:
    """The tiles that the lake has figures for; raises AwsError."""
    failed = athena.query(_FAILED).dicts()[0]
    files = f" {_counted(failed['files'], 'file')} could not be read." if failed["files"] else ""
    model = _subject(scores, flags)
    made = [
        Tile("Reports", reports, f"{scored} with a radiologist's impression", ""),
        Tile(
            "Failed records",
            failed["records"],
            f"Without an impression.{files}",
            "h-failures",
            is_bad=bool(failed["records"] or failed["files"]),
        ),
    ]
    if model is None:
        return made
    for metric, label in (("rouge1", "ROUGE-1"), (CLINICAL, "Clinical F1")):
        found = _mean(scores, model, metric)
        if found is not None:
            made.append(Tile(label, found, _note(scores, model, found.n), "h-comparison"))
    return made + _of_flags(athena, model, flags)


def _subject(scores: Scores, flags: Sequence[Rates]) -> Model | None:
    """The model that the tiles are about: the newest version of the fine-tuned one, if any."""
    for role in ROLES:
        newest = scores.newest(role)
        if newest is not None:
            return newest
        for line in flags:
            if line.model.role == role:
                return line.model
    return None


def _mean(scores: Scores, model: Model, metric: str) -> Estimate | None:
    """The mean over the reports of all datasets together."""
    columns: list[Floats] = [
        one.values[model, metric] for one in scores.datasets.values() if model in one.models
    ]
    if not columns:
        return None
    values = np.concatenate(columns)[:, None]
    return statistics.estimates(statistics.means(values), "")[0]


def _note(scores: Scores, model: Model, n: int) -> str:
    datasets = sum(model in one.models for one in scores.datasets.values())
    of = f" of {datasets} datasets" if datasets > 1 else ""
    return f"{model.name}, {_counted(n, 'report')}{of}"


def _of_flags(athena: Athena, model: Model, flags: Sequence[Rates]) -> list[Tile]:
    mine = [line for line in flags if line.model == model and line.rule == ALL]
    written = athena.query(_DRAFTS, model).rows[0][0]
    checked, compared = sum(line.drafts for line in mine), sum(line.compared for line in mine)
    critical = [round(cell.value * cell.n) for line in mine if (cell := line.cells[CRITICAL])]
    share = statistics.wilson(sum(critical), compared)
    made = []
    if share is not None:
        made.append(
            Tile(
                "Critical disagreement",
                share,
                f"{model.name}, {sum(critical)} of {_counted(compared, 'checked draft')}",
                "h-flags",
                is_bad=sum(critical) > 0,
                is_share=True,
            )
        )
    if written:
        parts = [
            f"{checked - compared} that the checks cannot read" if checked > compared else "",
            f"{written - checked} without a check" if written > checked else "",
        ]
        said = ", ".join(part for part in parts if part) or f"of {_counted(written, 'draft')}"
        note = f"{model.name}: {said}"
        made.append(Tile("Not checked", max(written - compared, 0), note, "h-flags"))
    return made


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
