"""Checks the drafts of a unit against their findings; the flags go into results and rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib import checks
from chalicelib.drafting.endpoint import Draft
from chalicelib.drafting.routing import Drafts
from chalicelib.drafting.truncation import TOLD
from chalicelib.intake.record import Record
from chalicelib.output.document import Remark, Remarks
from chalicelib.settings import (
    DEFAULT_AGE_TOLERANCE,
    DEFAULT_LONGER_THAN,
    DEFAULT_OMITTED_FROM,
    DRAFT_CHECKS,
    SAME_REPORT_ID,
    Model,
    Settings,
)

if TYPE_CHECKING:
    from chalicelib.checks.flags import Flag


def checker_of(settings: Settings) -> str:
    """What `checks.checker` says: the version of the rules, and what differs from the defaults.

    A check that did not run has no flags either. So a rate means something only among rows with
    the same checker.
    """
    parts = [checks.VERSION]
    if settings.draft_checks != frozenset(DRAFT_CHECKS):
        ran = [name for name in DRAFT_CHECKS if name in settings.draft_checks]
        parts.append(f"checks={','.join(ran)}")
    if settings.omitted_from != DEFAULT_OMITTED_FROM:
        parts.append(f"omitted_from={settings.omitted_from}")
    if settings.longer_than != DEFAULT_LONGER_THAN:
        parts.append(f"longer_than={settings.longer_than:g}")
    if settings.age_tolerance != DEFAULT_AGE_TOLERANCE:
        parts.append(f"age_tolerance={settings.age_tolerance:g}")
    return "; ".join(parts)


def remarks_on(
    settings: Settings, records: Sequence[Record], drafts: Sequence[tuple[Model, Drafts]]
) -> list[list[Remarks]]:
    """What is to be said of every draft: by model, in the order of its records.

    A draft that was not checked has None, one of which there is nothing to say an empty list.

    Args:
        settings: which checks run.
        records: the valid records of a unit.
        drafts: each model with its drafts or errors for these records, in order.
    """
    if not settings.draft_checks:
        return [[None] * len(records) for _ in drafts]
    repeated = _repeated(records) if SAME_REPORT_ID in settings.draft_checks else frozenset()
    return [
        [
            _remarks(settings, record, result, repeated) if isinstance(result, Draft) else None
            for record, result in zip(records, results, strict=True)
        ]
        for _, results in drafts
    ]


def _repeated(records: Sequence[Record]) -> frozenset[str]:
    """The ids that more than one record of the unit has."""
    counts = Counter(record.report_id for record in records)
    return frozenset(report_id for report_id, count in counts.items() if count > 1)


def _remarks(settings: Settings, record: Record, draft: Draft, repeated: frozenset[str]) -> Remarks:
    # Imported and compiled while nobody waits for a cold start: when the first draft is there.
    from chalicelib.checks.check import check  # noqa: PLC0415  # see above
    from chalicelib.checks.flags import REPEATED_OR_CUT, Options  # noqa: PLC0415  # see above
    from chalicelib.checks.lexicon.table import Weight  # noqa: PLC0415  # see above

    age = record.context.get("age", "")
    found = check(
        record.findings,
        draft.impression,
        age=float(age) if age.isdecimal() else None,
        sex=record.context.get("sex"),
        options=Options(
            checks=settings.draft_checks,
            omitted_from=Weight[settings.omitted_from.upper()],
            longer_than=settings.longer_than,
            age_tolerance=settings.age_tolerance,
        ),
    )
    remarks = [_remark(flag) for flag in found]
    if draft.truncation == TOLD and REPEATED_OR_CUT in settings.draft_checks:
        sentence = "The model reached its length limit: the draft is cut."
        end = len(draft.impression)
        remarks.append(Remark(REPEATED_OR_CUT, sentence, [], [(max(end - 1, 0), end)]))
    if record.report_id in repeated:
        sentence = "Another report of the same file has the same id."
        remarks.append(Remark(SAME_REPORT_ID, sentence))
    return remarks


def _remark(flag: Flag) -> Remark:
    return Remark(flag.name, flag.sentence, list(flag.findings_spans), list(flag.draft_spans))
