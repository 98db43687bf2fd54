"""Clinical F1 of one draft against the radiologist's own impression, as a row's values.

Facts of both texts are compared: finding, status and side (docs/draft-checks.md).
"""

from __future__ import annotations

from typing import NamedTuple

from chalicelib import checks


class ClinicalScore(NamedTuple):
    """Agreement of a draft with its reference.

    `common`, `draft` and `reference` are numbers of facts. The shares, 0 to 1, are None if the two
    cannot be compared: one is not in English, or the lexicon knows nothing of the reference.
    """

    common: int
    draft: int
    reference: int
    precision: float | None
    recall: float | None
    fmeasure: float | None
    reference_stratum: str
    draft_stratum: str
    scorer: str


def score(reference: str, draft: str) -> ClinicalScore:
    """Score a draft; a draft without words scores 0."""
    # Imported and compiled when the first draft with a reference is there, not at a cold start.
    from chalicelib.checks.clinical_f1 import compare, stratum_of  # noqa: PLC0415  # see above
    from chalicelib.checks.labeller import label  # noqa: PLC0415  # see above
    from chalicelib.checks.language import has_words, reason_not_to_check  # noqa: PLC0415  # above

    ours, theirs = label(draft), label(reference)
    found = compare(ours, theirs)
    readable = not has_words(draft) or reason_not_to_check(draft) is None
    defined = readable and bool(theirs) and reason_not_to_check(reference) is None
    return ClinicalScore(
        common=found.common,
        draft=found.draft,
        reference=found.reference,
        precision=found.precision if defined else None,
        recall=found.recall if defined else None,
        fmeasure=found.fmeasure if defined else None,
        reference_stratum=stratum_of(theirs),
        draft_stratum=stratum_of(ours),
        scorer=checks.VERSION,
    )
