"""What a check says: a flag is for a reader, and never blocks or changes a draft."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.checks.lexicon.table import Weight

WRONG_SIDE = "wrong_side"
CONTRADICTED = "contradicted"
UNSUPPORTED = "unsupported"
OMITTED = "omitted"
NUMBER_NOT_IN_FINDINGS = "number_not_in_findings"
NORMAL_DRAFT = "normal_draft_abnormal_findings"
CHANGE_NOT_IN_FINDINGS = "change_not_in_findings"
REPEATED_OR_CUT = "repeated_or_cut"
LONGER_THAN_FINDINGS = "longer_than_findings"
AGE_OR_SEX_MISMATCH = "age_or_sex_mismatch"
CRITICAL_FINDING = "critical_finding"
NOT_CHECKED = "not_checked"

# All flags, those that a reader should see first at the beginning.
NAMES = (
    WRONG_SIDE,
    CONTRADICTED,
    NORMAL_DRAFT,
    CRITICAL_FINDING,
    OMITTED,
    UNSUPPORTED,
    NUMBER_NOT_IN_FINDINGS,
    CHANGE_NOT_IN_FINDINGS,
    AGE_OR_SEX_MISMATCH,
    REPEATED_OR_CUT,
    LONGER_THAN_FINDINGS,
    NOT_CHECKED,
)

Span = tuple[int, int]


class Flag(NamedTuple):
    """One remark on a draft.

    Attributes:
        name: one of NAMES.
        sentence: in words, for a reader; it quotes nothing of either text but names and numbers.
        findings_spans: where the findings text says what made the flag, as for slices.
        draft_spans: where the draft does.
        finding: the finding that it is about, if it is about one.
    """

    name: str
    sentence: str
    findings_spans: tuple[Span, ...] = ()
    draft_spans: tuple[Span, ...] = ()
    finding: str | None = None


class Options(NamedTuple):
    """Which checks run, and their thresholds.

    Attributes:
        checks: the names of those that run.
        omitted_from: how much a finding must matter to be flagged as left out.
        longer_than: how many times as many words as the findings a draft may have.
        age_tolerance: how many years an age in the text may differ from the patient's.
    """

    checks: frozenset[str] = frozenset(NAMES)
    omitted_from: Weight = Weight.CHRONIC
    longer_than: float = 1.0
    age_tolerance: float = 1.0
