"""Differences between models and between versions, on reports that both have scores for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from analytics.engine.athena import Athena
from analytics.report import permutation, statistics
from analytics.report.scores import NONE, Dataset, Model, Scores, rank
from analytics.report.statistics import Floats
from analytics.report.tables import Line, strata

# Which report a draft is for, also if it was uploaded again: its id and its texts.
_SAME = """
SELECT dataset, run_id, record_index, report_id, report_id || '/' || to_hex(md5(to_utf8(
         coalesce(findings, '') || chr(31) || coalesce(reference_impression, '')))) AS same
FROM v_impressions
WHERE reference_impression IS NOT NULL AND report_id IS NOT NULL
"""
_BEST = "fine-tuned"
Same = Mapping[tuple[Any, ...], str]


class Compared(NamedTuple):
    """The differences.

    Attributes:
        lines: those of each dataset's newest version, and those between versions.
        older: those of earlier versions.
        notes: which versions no report connects, as sentences.
    """

    lines: list[Line]
    older: list[Line]
    notes: list[str]


class _Pair(NamedTuple):
    """Two models, and the positions of the reports that both have: the i-th belong together."""

    better: Model
    other: Model
    ours: list[int]
    theirs: list[int]

    @property
    def name(self) -> str:
        """The difference in words."""
        return f"{self.better.name} - {self.other.name}"


def compare(athena: Athena, scores: Scores) -> Compared:
    """Compare fine-tuned versions with the pre-trained and the baselines, and versions of a role.

    Models are compared within an upload; versions on reports with the same id, findings and
    impression, uploaded for each of them. A report that an upload has twice is left out there.

    Raises:
        AwsError: the lake does not exist or access is denied.
    """
    same: dict[str, dict[tuple[Any, ...], str]] = {}
    if any(_versions(dataset) for dataset in scores.datasets.values()):
        for name, *key, text in athena.query(_SAME).rows:
            same.setdefault(name or NONE, {})[tuple(key)] = text
    made = Compared([], [], [])
    for dataset in scores.datasets.values():
        models = list(_models(dataset))
        newest = models[0].better if models else None
        versions = list(_versions_of(dataset, same.get(dataset.name, {})))
        # Without resamples to share, one after the other needs less memory.
        together = [models] if len(dataset.keys) <= statistics.MOST else [[one] for one in models]
        whole = [
            line
            for pairs in together
            for line in _lines(dataset, pairs, scores.metrics, dataset.name)
        ]
        made.lines.extend(line for line in whole if line.model == newest)
        made.older.extend(line for line in whole if line.model != newest)
        for pair in versions:
            if pair.ours:
                label = f"{dataset.name}: {pair.name}"
                made.lines.extend(_lines(dataset, [pair], scores.metrics, label))
            else:
                made.notes.append(
                    f"{dataset.name}: {pair.better.name} and {pair.other.name} have no report in "
                    "common. To compare them, upload the same file to the evaluation lane again "
                    "under another name."
                )
    return made


def _versions(dataset: Dataset) -> list[tuple[Model, Model]]:
    """Successive versions of one role, the newer first."""
    return [
        (newer, older)
        for newer, older in pairwise(dataset.models)
        if newer.role == older.role and not newer.is_baseline
    ]


def _models(dataset: Dataset) -> Iterator[_Pair]:
    """Each version of the first role there is, against every other role within its uploads."""
    first = min((rank(model.role) for model in dataset.models), default=(0, ""))[1]
    role = _BEST if any(model.role == _BEST for model in dataset.models) else first
    for model in dataset.models:
        for other in dataset.models:
            if model.role == role != other.role:
                places = np.flatnonzero(_has(dataset, model) & _has(dataset, other)).tolist()
                if places:
                    yield _Pair(model, other, places, places)


def _versions_of(dataset: Dataset, same: Same) -> Iterator[_Pair]:
    for newer, older in _versions(dataset):
        ours, theirs = (_places(dataset, model, same) for model in (newer, older))
        both = [text for text in ours if text in theirs]
        yield _Pair(newer, older, [ours[text] for text in both], [theirs[text] for text in both])


def _places(dataset: Dataset, model: Model, same: Same) -> dict[str, int]:
    """The report of each text that the model has exactly once."""
    found: dict[str, int] = {}
    twice = set()
    for place in np.flatnonzero(_has(dataset, model)).tolist():
        text = same.get(dataset.keys[place])
        if text is not None:
            twice |= {text} & found.keys()
            found[text] = place
    return {text: place for text, place in found.items() if text not in twice}


def _has(dataset: Dataset, model: Model) -> Any:  # noqa: ANN401  # an array of booleans
    columns = [column for (one, _), column in dataset.values.items() if one == model]
    return ~np.isnan(np.column_stack(columns)).all(axis=1)


def _lines(
    dataset: Dataset, pairs: Sequence[_Pair], metrics: Sequence[str], label: str
) -> list[Line]:
    """The lines of pairs, which are resampled together: the same reports for all of them.

    A single pair may connect different reports; several ones have each report once.
    """
    if not pairs:
        return []
    places = pairs[0].ours if len(pairs) == 1 else list(range(len(dataset.keys)))
    some = [one for one in strata(dataset) if one.mask[places].any()]
    columns: Floats = np.hstack(
        [
            np.where(
                one.mask[places][:, None], _differences(dataset, pair, metrics, places), np.nan
            )
            for pair in pairs
            for one in some
        ]
    )
    found = iter(statistics.estimates(statistics.means(columns), label))
    ps = iter(permutation.p_values(columns, label))
    lines = []
    for pair in pairs:
        for one in some:
            cells = {metric: next(found) for metric in metrics}
            p = {metric: next(ps) for metric in metrics}
            n = max((cell.n for cell in cells.values() if cell is not None), default=0)
            if n:
                name = dataset.name, pair.better, pair.name, one.rule, one.name
                lines.append(Line(*name, n, cells, p))
    return lines


def _differences(
    dataset: Dataset, pair: _Pair, metrics: Iterable[str], places: Sequence[int]
) -> Floats:
    """The pairs' differences by metric, at the places of the first one's reports; NaN elsewhere."""
    theirs = np.zeros(len(dataset.keys), dtype=np.int64)
    paired = np.zeros(len(dataset.keys), dtype=bool)
    theirs[pair.ours], paired[pair.ours] = pair.theirs, True
    columns = [
        np.where(
            paired,
            dataset.values[pair.better, metric] - dataset.values[pair.other, metric][theirs],
            np.nan,
        )
        for metric in metrics
    ]
    return np.column_stack(columns)[places]
