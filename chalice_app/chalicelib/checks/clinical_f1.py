"""Clinical F1: how far two texts state the same findings, with the same status on the same side.

Each text is a set of triples (finding, status, side). The pairs of two texts that are equal count.
Normal statements count too: "Normal chest radiograph." and "No acute cardiopulmonary abnormality."
say the same, and get 1. The idea is that of the label-based metrics (CheXpert F1, Irvin et al.
2019; RadGraph F1, Jain et al. 2021), with sides, and with rules instead of weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from chalicelib.checks import relations
from chalicelib.checks.facts import Fact
from chalicelib.checks.labeller import label
from chalicelib.checks.lexicon.table import Weight


class FactsF1(NamedTuple):
    """Agreement of one draft with its reference, or of many.

    Attributes:
        common: triples in both.
        draft: triples in the draft.
        reference: triples in the reference.
    """

    common: int
    draft: int
    reference: int

    @property
    def is_defined(self) -> bool:
        """Whether either text states anything; a report where neither does counts for nothing."""
        return bool(self.draft or self.reference)

    @property
    def precision(self) -> float:
        """The share of the draft's triples that the reference has; 0 if it has none."""
        return self.common / self.draft if self.draft else 0.0

    @property
    def recall(self) -> float:
        """The share of the reference's triples that the draft has; 0 if it has none."""
        return self.common / self.reference if self.reference else 0.0

    @property
    def fmeasure(self) -> float:
        """The harmonic mean of the two; 0 if neither text states anything."""
        return 2 * self.common / (self.draft + self.reference) if self.is_defined else 0.0


def facts_f1(draft: str, reference: str) -> FactsF1:
    """Compare a draft with the radiologist's own impression."""
    return compare(label(draft), label(reference))


def compare(draft: Sequence[Fact], reference: Sequence[Fact]) -> FactsF1:
    """Compare the facts of a draft with those of the radiologist's own impression."""
    ours, theirs = _triples(draft), _triples(reference)
    return FactsF1(len(ours & theirs), len(ours), len(theirs))


def micro(scores: Iterable[FactsF1]) -> FactsF1:
    """All reports together: every triple counts the same."""
    common = draft = reference = 0
    for score in scores:
        common += score.common
        draft += score.draft
        reference += score.reference
    return FactsF1(common, draft, reference)


def stratum(reference: str) -> Literal["normal", "abnormal"]:
    """Classify a study by its radiologist's impression: abnormal if it names any finding.

    Devices and what is denied do not count. Of a text in which the lexicon knows nothing, nobody
    can say that it is normal.
    """
    return stratum_of(label(reference))


def stratum_of(facts: Sequence[Fact]) -> Literal["normal", "abnormal"]:
    """Classify a text by its facts, like `stratum`."""
    ill = any(
        relations.is_there(fact) and relations.weight(fact) >= Weight.INCIDENTAL for fact in facts
    )
    return "abnormal" if ill or not facts else "normal"


def _triples(facts: Iterable[Fact]) -> set[tuple[str, str, str]]:
    return {(_name(fact.finding), fact.status, fact.side) for fact in facts}


def _name(finding: str) -> str:
    return relations.NORMAL_CHEST if finding == relations.NO_ACUTE else finding
