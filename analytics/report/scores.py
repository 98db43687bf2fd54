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

_ROUGE = f"""
SELECT dataset, model_role, model_id, model_version, run_id, record_index, report_id,
       max(stratum) AS stratum, CAST(NULL AS varchar) AS facts_stratum, max(scored_at) AS scored_at,
       {", ".join(f"max(fmeasure) FILTER (WHERE metric = '{one}') AS {one}" for one in METRICS)}
FROM v_rouge
GROUP BY dataset, model_role, model_id, model_version, run_id, record_index, report_id
"""  # noqa: S608  # our own names
_CLINICAL = """
SELECT dataset, model_role, model_id, model_version, run_id, record_index, report_id, stratum,
       facts_stratum, scored_at, fmeasure, facts_common, facts_draft, facts_reference
FROM v_clinical
"""
_NAMED = 4  # columns that name dataset and model; three more name the report
_KEY = 7


class Model(NamedTuple):
    """One version of a model, or a baseline."""

    role: str
    model_id: str
    version: str

    @property
    def is_baseline(self) -> bool:
        """Whether it is no model."""
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
    """What was read of one dataset."""

    rows: dict[tuple[Any, ...], dict[Model, dict[str, Any]]] = field(default_factory=dict)
    words: dict[tuple[Any, ...], str] = field(default_factory=dict)
    by_facts: dict[tuple[Any, ...], str] = field(default_factory=dict)


def read(athena: Athena) -> Scores:
    """Read the scores through v_rouge and v_clinical; raises AwsError."""
    found: dict[str, _Found] = {}
    seen: dict[Model, Seen] = {}
    for sql in (_ROUGE, _CLINICAL):
        for row in athena.query(sql).rows:
            _keep(row, METRICS if sql is _ROUGE else _COUNTED, found, seen)
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


_COUNTED = (CLINICAL, "common", "draft", "reference")


def _keep(
    row: Sequence[Any], names: Sequence[str], found: dict[str, _Found], seen: dict[Model, Seen]
) -> None:
    dataset, role, model_id, version = (one or NONE for one in row[:_NAMED])
    key, model = tuple(row[_NAMED:_KEY]), Model(role, model_id, version)
    words, by_facts, at, *values = row[_KEY:]
    one = found.setdefault(dataset, _Found())
    one.rows.setdefault(key, {}).setdefault(model, {}).update(zip(names, values, strict=True))
    if words in STRATA:
        one.words[key] = words
    if by_facts in STRATA:
        one.by_facts[key] = by_facts
    times = [time for time in (at, *seen.get(model, ())) if time is not None]
    seen[model] = Seen(min(times, default=None), max(times, default=None))


def _arrays(name: str, found: _Found, models: Iterable[Model]) -> Dataset:
    keys = sorted(found.rows, key=lambda key: (str(key[0]), key[1] or 0, str(key[2])))
    there = {model for row in found.rows.values() for model in row}
    mine = [model for model in models if model in there]

    def column(model: Model, name: str, missing: float) -> Floats:
        rows = (found.rows[key].get(model, {}).get(name) for key in keys)
        return np.array([missing if one is None else one for one in rows], dtype=np.float64)

    facts = {}
    for model in mine:
        comparable = ~np.isnan(column(model, CLINICAL, np.nan))
        common, draft, reference = (column(model, one, 0.0) for one in _COUNTED[1:])
        facts[model] = np.column_stack([common, draft + reference]) * comparable[:, None]
    return Dataset(
        name=name,
        keys=keys,
        models=mine,
        values={
            (model, metric): column(model, metric, np.nan)
            for model in mine
            for metric in (*METRICS, CLINICAL)
        },
        facts=facts,
        words=[found.words.get(key) for key in keys],
        by_facts=[found.by_facts.get(key) for key in keys],
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
