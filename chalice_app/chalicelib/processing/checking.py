"""Checks the drafts of a unit against their findings; the flags go into results and rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.drafting.endpoint import Draft
from chalicelib.drafting.routing import Drafts
from chalicelib.intake.record import Record
from chalicelib.output.document import Remark, Remarks
from chalicelib.settings import SAME_REPORT_ID, Model, Settings

if TYPE_CHECKING:
    from chalicelib.checks.flags import Flag


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
    from chalicelib.checks.flags import Options  # noqa: PLC0415  # see above

    age = record.context.get("age", "")
    found = check(
        record.findings,
        draft.impression,
        age=float(age) if age.isdecimal() else None,
        sex=record.context.get("sex"),
        options=Options(checks=settings.draft_checks),
    )
    remarks = [_remark(flag) for flag in found]
    if record.report_id in repeated:
        sentence = "Another report of the same file has the same id."
        remarks.append(Remark(SAME_REPORT_ID, sentence))
    return remarks


def _remark(flag: Flag) -> Remark:
    return Remark(flag.name, flag.sentence, list(flag.findings_spans), list(flag.draft_spans))
