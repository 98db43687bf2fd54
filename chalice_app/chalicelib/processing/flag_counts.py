"""Counts what the checks say of drafts, as metrics: without ids, keys or text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from chalicelib.checks import DISAGREEMENTS
from chalicelib.drafting.routing import EVALUATION
from chalicelib.observability import count
from chalicelib.output.tables import CheckRow, Row
from chalicelib.settings import DRAFT_CHECKS

# Each flag of a draft counts in a metric of its name.
FLAG_METRICS = {
    name: "Flag" + "".join(part.capitalize() for part in name.split("_")) for name in DRAFT_CHECKS
}
_NOT_CHECKED = "not_checked"


def is_compared(flags: AbstractSet[str]) -> bool:
    """Whether a draft with these flags could be compared with its findings, at least in part."""
    return _NOT_CHECKED not in flags or disagrees(flags)


def disagrees(flags: AbstractSet[str]) -> bool:
    """Whether one of a draft's flags says that it contradicts its findings."""
    return not DISAGREEMENTS.isdisjoint(flags)


def count_checks(lane: str | None, rows: Iterable[Row]) -> None:
    """Count the checked drafts of a unit and their flags, as metrics.

    The evaluation lane is left out: its models are compared, a bad one on purpose, and nobody
    reads their drafts as reports. Its rates are in the view v_flag_rates.
    """
    if lane == EVALUATION:
        return
    flags: dict[tuple[int, str], set[str]] = {}
    for row in rows:
        if isinstance(row, CheckRow):
            draft = flags.setdefault((row.record_index, row.model_role), set())
            if row.flag is not None:
                draft.add(row.flag)
    compared = [one for one in flags.values() if is_compared(one)]
    count("DraftsChecked", len(flags))
    count("DraftsCompared", len(compared))
    count("DraftsInDisagreement", sum(map(disagrees, compared)))
    for name, number in Counter(name for one in flags.values() for name in one).items():
        count(FLAG_METRICS[name], number)
