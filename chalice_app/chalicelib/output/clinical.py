"""Clinical F1 of one draft against the radiologist's own impression, as a row's values.

Facts of both texts are compared: finding, status and side (docs/draft-checks.md).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from chalicelib import checks

if TYPE_CHECKING:
    from chalicelib.checks.facts import Fact

# A record's reference is compared with the drafts of all models and baselines, and the constant
# baseline with every reference.
_TEXTS_KEPT = 16


class ClinicalScore(NamedTuple):
    """Agreement of a draft with its reference.

    `common`, `draft` and `reference` count facts. The shares, 0 to 1, are None if the two cannot be
    compared: one is not in English, or the lexicon knows nothing of the reference.
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
    from chalicelib.checks.language import has_words  # noqa: PLC0415  # see above

    ours, theirs = _read(draft), _read(reference)
    found = compare(ours.facts, theirs.facts)
    readable = ours.is_readable or not has_words(draft)
    defined = readable and theirs.is_readable and bool(theirs.facts)
    return ClinicalScore(
        common=found.common,
        draft=found.draft,
        reference=found.reference,
        precision=found.precision if defined else None,
        recall=found.recall if defined else None,
        fmeasure=found.fmeasure if defined else None,
        reference_stratum=stratum_of(theirs.facts),
        draft_stratum=stratum_of(ours.facts),
        scorer=checks.VERSION,
    )


class _Text(NamedTuple):
    facts: tuple[Fact, ...]
    is_readable: bool


@lru_cache(_TEXTS_KEPT)
def _read(text: str) -> _Text:
    from chalicelib.checks.labeller import label  # noqa: PLC0415  # as in `score`
    from chalicelib.checks.language import reason_not_to_check  # noqa: PLC0415  # as in `score`

    return _Text(tuple(label(text)), reason_not_to_check(text) is None)
