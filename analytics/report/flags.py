"""How many of each model version's drafts have which flag, by dataset and stratum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from analytics.engine.athena import Athena
from analytics.report import statistics
from analytics.report.scores import NONE, STRATA, Model, Scores, in_order, rank
from analytics.report.statistics import Estimate
from analytics.report.tables import ALL, FACTS, WORDS
from chalicelib.checks import DISAGREEMENTS, VERSION
from chalicelib.checks.flags import NAMES, NOT_CHECKED

CRITICAL = "critical"  # any of the disagreements
_DRAFTS = """
SELECT dataset, model_role, model_id, model_version, run_id, record_index, report_id,
       max(stratum) AS stratum, max(checker) AS checker, array_agg(flag) AS flags
FROM v_checks
GROUP BY dataset, model_role, model_id, model_version, run_id, record_index, report_id
"""


class Rates(NamedTuple):
    """The flags of a model version's drafts for one stratum of a dataset.

    Attributes:
        dataset: of the reports.
        model: that wrote the drafts.
        rule: all, words or facts: what tells normal from abnormal.
        stratum: all, normal or abnormal.
        drafts: those that the checks ran on.
        compared: those of them that the checks could compare with the findings.
        checkers: the settings that they were checked with, as `checks.checker` names them.
        cells: by flag, `critical` included: share of the drafts compared; for not_checked, of all.
    """

    dataset: str
    model: Model
    rule: str
    stratum: str
    drafts: int
    compared: int
    checkers: frozenset[str]
    cells: Mapping[str, Estimate | None]


@dataclass(slots=True)
class _Counts:
    drafts: int = 0
    compared: int = 0
    checkers: set[str] = field(default_factory=set)
    flags: Counter[str] = field(default_factory=Counter)


def rates(athena: Athena, scores: Scores) -> list[Rates]:
    """Flag rates with Wilson intervals; raises AwsError."""
    by_facts = {
        (dataset.name, *key): stratum
        for dataset in scores.datasets.values()
        for key, stratum in zip(dataset.keys, dataset.by_facts, strict=True)
    }
    found: dict[tuple[str, Model, str, str], _Counts] = {}
    for dataset, role, model_id, version, *key, words, checker, flags in athena.query(_DRAFTS).rows:
        name, model = dataset or NONE, Model(role or NONE, model_id or NONE, version or NONE)
        strata = [(ALL, "all"), (FACTS, by_facts.get((name, *key))), (WORDS, words)]
        for rule, stratum in strata:
            if rule == ALL or stratum in STRATA:
                counts = found.setdefault((name, model, rule, str(stratum)), _Counts())
                counts.checkers.add(str(checker))
                _count(counts, flags)
    order = {model: place for place, model in enumerate(_order(found, scores))}
    strata_order = [(ALL, "all"), *((rule, one) for rule in (FACTS, WORDS) for one in STRATA)]
    keys = sorted(found, key=lambda one: (one[0], order[one[1]], strata_order.index(one[2:])))
    return [_rates(key, found[key]) for key in keys]


def settings_notes(lines: Iterable[Rates]) -> Iterable[str]:
    """What a reader of the rates must know of the settings that drafts were checked with."""
    checkers = sorted(set[str]().union(*(line.checkers for line in lines)))
    if len(checkers) > 1:
        yield (
            f"Drafts were checked with different settings ({' / '.join(checkers)}), and flag rates "
            "count them together: a check that did not run has no flags."
        )
    elif checkers and checkers != [VERSION]:
        yield f"Drafts were checked with settings of your own: {checkers[0]}."


def shown(lines: Iterable[Rates]) -> list[str]:
    """The flags that some draft has, those that matter most first."""
    there = {flag for line in lines for flag, cell in line.cells.items() if cell and cell.value}
    ordered = dict.fromkeys((*NAMES, *sorted(there)))
    return [CRITICAL, *(flag for flag in ordered if flag in there and flag != CRITICAL)]


def _count(counts: _Counts, flags: Iterable[Any]) -> None:
    names = {flag for flag in flags if flag is not None}
    counts.drafts += 1
    if NOT_CHECKED in names:
        counts.flags[NOT_CHECKED] += 1
        return
    counts.compared += 1
    counts.flags.update(names)
    counts.flags[CRITICAL] += bool(names & DISAGREEMENTS)


def _rates(key: tuple[str, Model, str, str], counts: _Counts) -> Rates:
    flags = {CRITICAL, *NAMES, *counts.flags} - {NOT_CHECKED}
    cells = {flag: statistics.wilson(counts.flags[flag], counts.compared) for flag in flags}
    cells[NOT_CHECKED] = statistics.wilson(counts.flags[NOT_CHECKED], counts.drafts)
    return Rates(*key, counts.drafts, counts.compared, frozenset(counts.checkers), cells)


def _order(found: Iterable[tuple[str, Model, str, str]], scores: Scores) -> list[Model]:
    """Models as in the tables of scores; those without scores follow within their role."""
    known = in_order(scores.seen)
    others = sorted({key[1] for key in found} - set(known), reverse=True)
    return sorted([*known, *others], key=lambda model: rank(model.role))
