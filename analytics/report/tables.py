"""The page's tables of scores: means, distributions, and how far the two rules of strata agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.report import statistics
from analytics.report.scores import CLINICAL, STRATA, Dataset, Model, Scores
from analytics.report.statistics import Described, Estimate, Floats, Ratios

ALL, WORDS, FACTS = "all", "words", "facts"
MICRO = "micro"


class Stratum(NamedTuple):
    """Some reports of a dataset.

    Attributes:
        rule: all, words or facts: what tells normal from abnormal.
        name: all, normal or abnormal.
        mask: whether a report belongs to it.
    """

    rule: str
    name: str
    mask: NDArray[np.bool_]


class Line(NamedTuple):
    """One line of a table: a model's, or a comparison's, on one stratum of a dataset.

    `p` has a value per metric for differences, and is empty otherwise.
    """

    dataset: str
    model: Model
    name: str
    rule: str
    stratum: str
    n: int
    cells: Mapping[str, Estimate | None]
    p: Mapping[str, float | None]


class Distribution(NamedTuple):
    """describe() of one metric of a model on one stratum."""

    dataset: str
    model: Model
    rule: str
    stratum: str
    metric: str
    values: Described


class Agreement(NamedTuple):
    """How often both rules give the same stratum, of reports for which both give one.

    `counts` has the number of reports by stratum of words and of facts.
    """

    dataset: str
    share: Estimate
    counts: Mapping[tuple[str, str], int]


def strata(dataset: Dataset) -> list[Stratum]:
    """All reports of a dataset, and those of each stratum that has some."""
    found = [Stratum(ALL, "all", np.ones(len(dataset.keys), dtype=bool))]
    for rule, known in ((FACTS, dataset.by_facts), (WORDS, dataset.words)):
        of = np.array(known, dtype=object)
        found += [Stratum(rule, name, of == name) for name in STRATA]
    return [one for one in found if one.mask.any()]


def means(scores: Scores) -> list[Line]:
    """Mean of each metric by model version and stratum, and micro clinical F1."""
    return [
        line
        for dataset in scores.datasets.values()
        for model in dataset.models
        for line in _means(dataset, model, scores.metrics)
    ]


def _means(dataset: Dataset, model: Model, metrics: Sequence[str]) -> Iterator[Line]:
    """The lines of one model; the same reports are resampled for all models of a dataset."""
    if not metrics:
        return
    clinical = CLINICAL in metrics
    names = [*metrics, *([MICRO] if clinical else [])]
    some = strata(dataset)
    above, below = [], []
    for stratum in some:
        columns = np.column_stack([dataset.values[model, one] for one in metrics])
        parts = [statistics.means(columns)]
        if clinical:
            parts.append(dataset.micro(model))
        mask = stratum.mask[:, None]
        above += [part.above * mask for part in parts]
        below += [part.below * mask for part in parts]
    found = iter(statistics.estimates(Ratios(np.hstack(above), np.hstack(below)), dataset.name))
    for stratum in some:
        cells = {name: next(found) for name in names}
        n = max((one.n for one in cells.values() if one is not None), default=0)
        if n:
            yield Line(dataset.name, model, model.name, stratum.rule, stratum.name, n, cells, {})


def distributions(scores: Scores) -> list[Distribution]:
    """describe() of each metric by model version and stratum."""
    found = []
    for dataset in scores.datasets.values():
        for model in dataset.models:
            for stratum in strata(dataset):
                for metric in scores.metrics:
                    values: Floats = dataset.values[model, metric][stratum.mask]
                    one = statistics.described(values)
                    if one is not None:
                        found.append(
                            Distribution(
                                dataset.name, model, stratum.rule, stratum.name, metric, one
                            )
                        )
    return found


def agreement(datasets: Sequence[Dataset]) -> list[Agreement]:
    """How far the two rules of strata agree, by dataset."""
    found = []
    for dataset in datasets:
        both = [
            (words, facts)
            for words, facts in zip(dataset.words, dataset.by_facts, strict=True)
            if words is not None and facts is not None
        ]
        share = statistics.wilson(sum(one == other for one, other in both), len(both))
        if share is not None:
            counts = {(one, other): both.count((one, other)) for one in STRATA for other in STRATA}
            found.append(Agreement(dataset.name, share, counts))
    return found
