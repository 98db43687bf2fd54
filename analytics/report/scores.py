"""The scores of the page's datasets as arrays: a row per report, for each model version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from analytics.engine.athena import Athena
from analytics.report.statistics import Floats, Ratios
from chalicelib.output.baselines import ALL_ROLES
from chalicelib.output.scoring import METRICS

CLINICAL = "clinical"
NONE = "(none)"  # in place of a name that a row of an older schema lacks
STRATA = ("normal", "abnormal")
_EQUAL = 1e-12

# In order: where rows of one report name different strata, those of the newest count.
_ROUGE = f"""
SELECT dataset, model_role, model_id, model_version, run_id, record_index, report_id,
       max(stratum) AS stratum, CAST(NULL AS varchar) AS facts_stratum, max(scored_at) AS scored_at,
       {", ".join(f"max(fmeasure) FILTER (WHERE metric = '{one}') AS {one}" for one in METRICS)}
FROM v_rouge
GROUP BY dataset, model_role, model_id, model_version, run_id, record_index, report_id
ORDER BY scored_at, model_role, model_id, model_version
"""  # noqa: S608  # our own names
_CLINICAL = """
SELECT dataset, model_role, model_id, model_version, run_id, record_index, report_id, stratum,
       facts_stratum, scored_at, fmeasure, facts_common, facts_draft, facts_reference
FROM v_clinical
ORDER BY scored_at, model_role, model_id, model_version
"""
_KINDS = (_ROUGE, _CLINICAL)
_NAMED = 4  # columns that name dataset and model; three more name the report
_KEY = 7


class Model(NamedTuple):
    """One version of a model, or a baseline."""

    role: str
    model_id: str
    version: str

    @property
    def is_baseline(self) -> bool:
        """Whether it is a baseline, and so has no versions."""
        return self.role.startswith("baseline-")

    @property
    def name(self) -> str:
        """Role and version; the role alone of baselines, and where the version is unknown."""
        return (
            self.role if self.is_baseline or self.version == NONE else f"{self.role} {self.version}"
        )


class Seen(NamedTuple):
    """The times of a model version's first and last scored reports."""

    first: Any
    last: Any


@dataclass(frozen=True, slots=True)
class Dataset:
    """The scores of one dataset; all arrays have a row per report, in the order of `keys`.

    Attributes:
        name: the dataset.
        keys: run id, index and id of each report, sorted.
        models: those with scores, in the order of tables.
        values: F1 by model and metric, NaN where there is none.
        facts: by model: common facts, and facts of draft and reference together; 0 where the texts
            cannot be compared.
        words: stratum by the opening words of the reference, None where unknown.
        by_facts: stratum by the facts of the reference, likewise.
    """

    name: str
    keys: list[tuple[Any, ...]]
    models: list[Model]
    values: dict[tuple[Model, str], Floats]
    facts: dict[Model, Floats]
    words: list[str | None]
    by_facts: list[str | None]

    def micro(self, model: Model) -> Ratios:
        """Micro clinical F1 as a ratio of sums, n x 1."""
        facts = self.facts[model]
        return Ratios(2 * facts[:, :1], facts[:, 1:])


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of all datasets.

    Attributes:
        datasets: by name.
        metrics: those shown: with scores, and not the same as another one everywhere.
        seen: when each model version scored its first and last report.
        repeats: whether ROUGE-Lsum is left out because it equals ROUGE-L everywhere.
    """

    datasets: dict[str, Dataset]
    metrics: tuple[str, ...]
    seen: dict[Model, Seen]
    repeats: bool

    @property
    def seen_in_order(self) -> list[tuple[Model, Seen]]:
        """`seen` in the order of tables."""
        return [(model, self.seen[model]) for model in in_order(self.seen)]

    def newest(self, role: str) -> Model | None:
        """The version of a role that scored last."""
        return next((model for model in in_order(self.seen) if model.role == role), None)


@dataclass(slots=True)
class _Found:
    """What was read of one dataset: each report has a place, which is its position in no order.

    `rows` has, for each model and kind of score, the places of the reports and their values.
    """

    places: dict[tuple[Any, ...], int] = field(default_factory=dict)
    words: dict[int, str] = field(default_factory=dict)
    by_facts: dict[int, str] = field(default_factory=dict)
    rows: dict[tuple[Model, str], tuple[list[int], list[Any]]] = field(default_factory=dict)


def read(athena: Athena) -> Scores:
    """Read the scores through v_rouge and v_clinical; raises AwsError."""
    found: dict[str, _Found] = {}
    seen: dict[Model, Seen] = {}
    for sql in _KINDS:
        for row in athena.query(sql).rows:
            _keep(row, sql, found, seen)
    models = in_order(seen)
    datasets = {name: _arrays(name, one, models) for name, one in sorted(found.items())}
    everything = [one.values for one in datasets.values()]
    there = [
        metric
        for metric in (*METRICS, CLINICAL)
        if any(
            not np.isnan(column).all()
            for values in everything
            for (_, name), column in values.items()
            if name == metric
        )
    ]
    repeats = {"rougeL", "rougeLsum"} <= set(there) and all(
        np.allclose(values[model, "rougeL"], values[model, "rougeLsum"], 0, _EQUAL, equal_nan=True)
        for values in everything
        for model, metric in values
        if metric == "rougeL"
    )
    shown = tuple(one for one in there if not (repeats and one == "rougeLsum"))
    return Scores(datasets, shown, seen, repeats)


def _keep(row: Sequence[Any], kind: str, found: dict[str, _Found], seen: dict[Model, Seen]) -> None:
    dataset, role, model_id, version = (one or NONE for one in row[:_NAMED])
    model = Model(role, model_id, version)
    words, by_facts, at, *values = row[_KEY:]
    one = found.setdefault(dataset, _Found())
    place = one.places.setdefault(tuple(row[_NAMED:_KEY]), len(one.places))
    places, kept = one.rows.setdefault((model, kind), ([], []))
    places.append(place)
    kept.append(values)
    if words in STRATA:
        one.words[place] = words
    if by_facts in STRATA:
        one.by_facts[place] = by_facts
    if at is not None:
        first, last = seen.get(model, (at, at))
        seen[model] = Seen(min(at, first or at), max(at, last or at))
    else:
        seen.setdefault(model, Seen(None, None))


def _arrays(name: str, found: _Found, models: Iterable[Model]) -> Dataset:
    keys = sorted(found.places, key=lambda key: (str(key[0]), key[1] or 0, str(key[2])))
    places = [found.places[key] for key in keys]
    position = np.argsort(places)  # of each place, in the order of keys
    mine = [model for model in models if any((model, kind) in found.rows for kind in _KINDS)]

    def matrix(model: Model, kind: str, columns: int) -> Floats:
        filled = np.full((len(keys), columns), np.nan)
        at, rows = found.rows.get((model, kind), ([], []))
        if rows:
            filled[position[at]] = np.array(rows, dtype=np.float64)  # None becomes NaN
        return filled

    values: dict[tuple[Model, str], Floats] = {}
    facts: dict[Model, Floats] = {}
    for model in mine:
        rouge, clinical = matrix(model, _ROUGE, len(METRICS)), matrix(model, _CLINICAL, 4)
        values |= {(model, metric): rouge[:, place] for place, metric in enumerate(METRICS)}
        values[model, CLINICAL] = clinical[:, 0]
        counts = np.column_stack([clinical[:, 1], clinical[:, 2] + clinical[:, 3]])
        facts[model] = np.where(np.isnan(clinical[:, :1]), 0.0, np.nan_to_num(counts))
    return Dataset(
        name=name,
        keys=keys,
        models=mine,
        values=values,
        facts=facts,
        words=[found.words.get(place) for place in places],
        by_facts=[found.by_facts.get(place) for place in places],
    )


def rank(role: str) -> tuple[int, str]:
    """The place of a role in tables: ours first, others by name."""
    return (ALL_ROLES.index(role) if role in ALL_ROLES else len(ALL_ROLES), role)


def in_order(seen: dict[Model, Seen]) -> list[Model]:
    """Models by role, the version that scored last first."""
    newest_first = sorted(
        seen, key=lambda one: (str(seen[one].last), str(seen[one].first), one), reverse=True
    )
    return sorted(newest_first, key=lambda one: rank(one.role))
