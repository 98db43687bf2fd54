"""The cases of the page: every report with its drafts and flags, the most dangerous first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from analytics.engine.athena import Athena
from analytics.report.packing import Packed, model, remarks, short
from analytics.report.ranking import CRITICAL, MISSED, WORST
from analytics.report.scores import rank
from chalicelib.settings import DRAFT_CHECKS

Row = dict[str, Any]

_CHECKED = """
SELECT count(*) AS drafts, count(k.run_id) AS checked, count(k.flags) AS flagged
FROM v_impressions i
LEFT JOIN (
  SELECT run_id, record_index, report_id, model_role, nullif(count(flag), 0) AS flags
  FROM v_checks
  GROUP BY run_id, record_index, report_id, model_role
) k ON k.run_id = i.run_id AND k.record_index = i.record_index AND k.report_id = i.report_id
   AND k.model_role = i.model_role
WHERE i.model_role NOT LIKE 'baseline-%'
"""
_CROSSES = """
SELECT dataset, model_role, model_version, facts_stratum, draft_stratum, count(*) AS drafts
FROM v_clinical
WHERE fmeasure IS NOT NULL
GROUP BY dataset, model_role, model_version, facts_stratum, draft_stratum
ORDER BY dataset, model_role, model_version, facts_stratum, draft_stratum
"""
_WORST_SHOWN = 10
UNCHECKED = "the stack ran with DraftChecks=none, or before there were checks."
# Stratum of the report and of the draft, in the page's short form.
_CELLS = ("an", "aa", "nn", "na")
_LABELS = {"normal_draft_abnormal_findings": "normal draft, abnormal findings"}
# Of a draft that is normal by its facts, where the report is not.
MISSED_LABEL = "abnormal report, normal draft"
_FINE_TUNED = "fine-tuned"


class Worst(NamedTuple):
    """One line of the list of the worst cases.

    Attributes:
        case: the id in links.
        title: the report's id.
        about: its dataset and the model that wrote the draft.
        flag: the first flag of the draft, or MISSED_LABEL; empty if it has neither.
        critical: whether the flag is a critical disagreement.
        sentence: what the flag says; without one, the scores.
        more: number of further flags of the draft.
    """

    case: str
    title: str
    about: str
    flag: str
    critical: bool
    sentence: str
    more: int


class Cross(NamedTuple):
    """Numbers of one model's drafts by strata of report and draft: "an" is abnormal, normal."""

    role: str
    cells: dict[str, int]


class Cases(NamedTuple):
    """What the lower half of the page shows.

    Attributes:
        rows: at most as many cases as asked for, in the page script's format.
        total: number of cases in the lake: reports with a score or a flag.
        drafts: number of models' drafts, scored or not.
        checked: number of those that were checked.
        flagged: number of those with a flag of a check.
        worst: the first lines of the list.
        crosses: the tables of normal and abnormal, by model.
        data: everything that the script needs, ready for JSON.
    """

    rows: list[Row]
    total: int
    drafts: int
    checked: int
    flagged: int
    worst: list[Worst]
    crosses: list[Cross]
    data: Row


def gather(athena: Athena, most: int) -> Cases:
    """At most `most` cases, the most dangerous first; raises AwsError."""
    # At least one is asked for, because it has the total.
    rows = athena.query(WORST.format(most=max(most, 1))).dicts()
    groups = [sorted(group, key=_rank) for _, group in groupby(rows, key=_key)][:most]
    page = Packed()
    cases = [page.case(group) for group in groups]
    crosses = athena.query(_CROSSES).dicts()
    counts = athena.query(_CHECKED).dicts()[0]
    cross = [
        [
            row["dataset"] or "",
            page.models.index(model(row)),
            short(row["facts_stratum"]),
            short(row["draft_stratum"]),
            row["drafts"],
        ]
        for row in crosses
    ]
    return Cases(
        rows=cases,
        total=rows[0]["total"] if rows else 0,
        drafts=counts["drafts"],
        checked=counts["checked"],
        flagged=counts["flagged"],
        worst=[
            _worst(case["h"], group)
            for case, group in zip(cases[:_WORST_SHOWN], groups, strict=False)
        ],
        crosses=_crosses(crosses),
        data={
            "cases": cases,
            "cross": cross,
            "models": page.models.values,
            "texts": page.texts.values,
            "flags": [[name, label(name)] for name in page.flags.values],
            "known": len(DRAFT_CHECKS),
            "critical": CRITICAL,
            "missed": [MISSED, MISSED_LABEL],
        },
    )


def notes(found: Cases) -> list[str]:
    """Notes on what the cases do not show."""
    said = []
    if found.drafts and not found.checked:
        said.append(f"No draft was checked: {UNCHECKED} A draft without flags may be wrong.")
    elif found.checked < found.drafts:
        said.append(
            f"Only {found.checked} of {found.drafts} drafts were checked: "
            "the others may be wrong without a flag."
        )
    if len(found.rows) < found.total:
        said.append(f"Only the {len(found.rows)} worst of {found.total} cases are shown.")
    return said


def label(flag: str) -> str:
    """A flag's name as a reader sees it."""
    return _LABELS.get(flag, flag.replace("_", " "))


def _worst(case: str, drafts: Sequence[Row]) -> Worst:
    ours = [one for one in drafts if not _is_baseline(one)]
    chosen = [one for one in ours if one["model_role"] == _FINE_TUNED] or ours
    draft = min(chosen, key=lambda one: (one["danger"], -one["critical"]))
    flags = sorted(remarks(draft), key=lambda one: _place(one.flag))
    common = {
        "case": case,
        "title": draft["report_id"] or "(no id)",
        "about": ", ".join(filter(None, (draft["dataset"], draft["model_role"]))),
    }
    if draft["danger"] == MISSED or not flags:
        missed = MISSED_LABEL if draft["danger"] == MISSED else ""
        return Worst(
            **common, flag=missed, critical=bool(missed), sentence=_scores(draft), more=len(flags)
        )
    first = flags[0]
    return Worst(
        **common,
        flag=label(first.flag),
        critical=_place(first.flag) < CRITICAL,
        sentence=first.sentence,
        more=len(flags) - 1,
    )


def _scores(draft: Row) -> str:
    scores = (("clinical F1", draft["clinical_f1"]), ("ROUGE-1", draft["rouge1"]))
    return ", ".join(f"{name} {value:.2f}" for name, value in scores if value is not None)


def _crosses(rows: Iterable[Row]) -> list[Cross]:
    found: dict[str, dict[str, int]] = {}
    for row in sorted(rows, key=_rank):
        cells = found.setdefault(row["model_role"] or "", dict.fromkeys(_CELLS, 0))
        cell = short(row["facts_stratum"]) + short(row["draft_stratum"])
        cells[cell] = cells.get(cell, 0) + row["drafts"]
    return [Cross(role, cells) for role, cells in found.items()]


def _key(row: Row) -> tuple[Any, ...]:
    return row["run_id"], row["record_index"], row["report_id"]


def _rank(row: Row) -> tuple[int, str]:
    return rank(row["model_role"] or "")


def _is_baseline(row: Row) -> bool:
    return (row["model_role"] or "").startswith("baseline-")


def _place(flag: str) -> int:
    return DRAFT_CHECKS.index(flag) if flag in DRAFT_CHECKS else len(DRAFT_CHECKS)
