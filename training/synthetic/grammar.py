"""Tables: free wording of a normal film, built from word groups.

The house styles cover the usual wording of a report; these cover the many alternatives, so that a
model does not mistake unknown wording for a disease.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from training.synthetic.normals import (
    ACUTE_BONES,
    BONES,
    EXPANDED,
    FREE_AIR,
    HEART,
    LUNGS,
    SILHOUETTE,
    SPACES,
    VESSELS,
)
from training.synthetic.report import Region, Statement

ARE = ("are", "are", "appear", "remain")
IS = ("is", "is", "appears", "remains")
WELL = ("normal", "unremarkable", "within normal limits", "grossly normal", "stable and normal")


@dataclass(frozen=True)
class Grammar:
    """Word groups that form a sentence, with one choice from each."""

    region: Region
    denies: frozenset[str]
    parts: tuple[tuple[str, ...], ...]

    def say(self, rng: random.Random) -> Statement:
        """One sentence."""
        text = " ".join(rng.choice(part) for part in self.parts)
        return Statement(self.region, " ".join(text.split()), self.denies)


GRAMMARS: tuple[Grammar, ...] = (
    Grammar(
        "heart",
        HEART,
        (
            ("The heart", "Heart", "The cardiac silhouette", "Cardiac silhouette", "Heart size"),
            (*IS, ""),
            (*WELL, "not enlarged", "normal in size", "within normal limits for size"),
            ("", "", "", "for age", "and contour", "and stable"),
        ),
    ),
    Grammar(
        "heart",
        SILHOUETTE,
        (
            ("The", ""),
            (
                "heart and mediastinum",
                "heart size and mediastinal contours",
                "cardiac and mediastinal silhouettes",
                "cardiomediastinal contours",
                "heart and mediastinal structures",
                "cardiac contours and mediastinum",
                "heart, mediastinum and hila",
                "heart and great vessels",
            ),
            (*ARE, ""),
            (*WELL, "normal in appearance", "normal in size and contour"),
        ),
    ),
    Grammar(
        "mediastinum",
        SILHOUETTE - HEART,
        (
            ("The mediastinum", "Mediastinum", "The mediastinal contour", "The mediastinal shadow"),
            (*IS, ""),
            (*WELL, "not widened", "normal in contour"),
        ),
    ),
    Grammar(
        "mediastinum",
        frozenset({"hila", "trachea"}),
        (
            ("The", ""),
            ("hila", "hilar structures", "hilar contours", "airways", "trachea and main bronchi"),
            ARE,
            (*WELL, "patent"),
        ),
    ),
    Grammar(
        "lungs",
        LUNGS,
        (
            (
                "The lungs",
                "Lungs",
                "Both lungs",
                "The lung fields",
                "Lung fields",
                "The visualized lungs",
                "The lung parenchyma and interstitium",
                "The bilateral lungs",
            ),
            (*ARE, ""),
            ("clear", "grossly clear", "clear bilaterally", "well aerated", "essentially clear"),
            (
                "",
                "",
                "",
                "without focal consolidation",
                "without focal airspace disease",
                "of focal infiltrate",
                "with no acute infiltrate",
                "and free of focal opacity",
                "of any active process",
            ),
        ),
    ),
    Grammar(
        "lungs",
        LUNGS | SPACES,
        (
            ("The lungs", "Lungs", "Both lungs"),
            ("are clear", "are well expanded", "remain clear", "are grossly clear"),
            ("with no", "without", "without evidence of", "and there is no"),
            (
                "effusion or pneumothorax",
                "pneumothorax or pleural effusion",
                "consolidation, effusion or pneumothorax",
                "pleural effusion or pneumothorax",
                "infiltrate, effusion or pneumothorax",
                "focal consolidation, pneumothorax or effusion",
            ),
        ),
    ),
    Grammar(
        "lungs",
        EXPANDED,
        (
            ("The lungs", "Lungs", "Both lungs"),
            ("are well inflated", "are normally expanded", "are well ventilated", "are inflated"),
            ("and clear", "and clear", "without consolidation", "bilaterally", ""),
        ),
    ),
    Grammar(
        "lungs",
        VESSELS,
        (
            ("The", ""),
            (
                "pulmonary vasculature",
                "pulmonary vascularity",
                "central pulmonary vasculature",
                "vascular pattern",
                "interstitium",
            ),
            (*IS, ""),
            (*WELL, "not engorged", "normal in caliber"),
        ),
    ),
    Grammar(
        "pleura",
        SPACES,
        (
            ("The", ""),
            (
                "pleural spaces",
                "costophrenic angles",
                "costophrenic sulci",
                "pleural surfaces",
                "lateral and posterior costophrenic angles",
            ),
            (*ARE, ""),
            ("clear", "sharp", "normal", "unremarkable", "clear bilaterally", "well defined"),
        ),
    ),
    Grammar(
        "bones",
        BONES,
        (
            ("The", "The visualized", "Visualized", "The regional", ""),
            (
                "osseous structures",
                "bony structures",
                "bones",
                "skeletal structures",
                "bones and soft tissues",
                "thoracic skeleton and soft tissues",
                "bony thorax and soft tissues",
                "soft tissues and osseous structures",
            ),
            (*ARE, ""),
            (*WELL, "unremarkable for age"),
        ),
    ),
    Grammar(
        "bones",
        ACUTE_BONES,
        (
            ("No", "There is no", "No evidence of", "No definite"),
            ("acute", "acute", "displaced", "focal acute"),
            (
                "bony abnormality",
                "osseous abnormality",
                "bone abnormality",
                "rib fracture",
                "fracture",
                "skeletal abnormality",
                "bony injury",
            ),
        ),
    ),
    Grammar(
        "bones",
        ACUTE_BONES,
        (
            ("No acute", "No displaced", "There are no acute", "No visible"),
            ("fractures", "rib fractures", "osseous findings", "bony findings", "bone findings"),
            ("", "", "are seen", "are identified"),
        ),
    ),
    Grammar(
        "bones",
        ACUTE_BONES,
        (
            ("The", "Visualized", ""),
            ("osseous structures", "bony structures", "bones", "ribs", "soft tissues"),
            ("are intact", "are without acute abnormality", "show nothing acute", "intact"),
        ),
    ),
    Grammar(
        "abdomen",
        FREE_AIR,
        (
            ("The", "Visualized", "Limited views of the"),
            ("upper abdomen", "bowel gas pattern", "upper abdominal structures"),
            ("unremarkable", "normal", "within normal limits", "nonspecific"),
        ),
    ),
)

# Forms of "No X, Y, or Z." in addition to the house styles'.
MORE_DENIAL_FORMS: tuple[str, ...] = (
    "No {list}",
    "No {list} bilaterally",
    "No {list} is identified",
    "No {list} is present",
    "No {list} is demonstrated",
    "No {list} is appreciated",
    "No {list} are seen",
    "No {list} are noted",
    "No {list} are identified",
    "No {list} visualized",
    "No significant {list}",
    "No visible {list}",
    "No definite {list} is seen",
    "No radiographic evidence of {list}",
    "There are no {list}",
    "There is no {list} on this study",
    "There is no evidence for {list}",
    "There is no radiographic evidence of {list}",
    "There is no definite {list}",
    "Without evidence of {list}",
    "Again there is no {list}",
    "I see no {list}",
    "{list} are absent",
    "Free of {list}",
)

# More names for denied findings, by topic.
MORE_DENIED: dict[str, tuple[str, ...]] = {
    "consolidation": (
        "acute infiltrate",
        "focal air space consolidation",
        "focal areas of consolidation",
        "focal airspace consolidation",
        "infiltrates",
        "focal infiltrates",
        "lobar consolidation",
        "pneumonia",
        "focal pneumonia",
        "acute airspace disease",
        "focal opacities",
        "alveolar consolidation",
        "focal parenchymal opacity",
        "pulmonary consolidation",
    ),
    "effusion": (
        "pleural effusions",
        "large effusion",
        "significant effusion",
        "sizable pleural effusion",
        "effusions",
        "pleural fluid collection",
        "large pleural effusions",
        "definite pleural effusion",
    ),
    "pneumothorax": ("pneumothorax", "pneumothoraces", "visible pneumothorax"),
    "edema": ("interstitial edema", "CHF", "evidence of failure", "vascular congestion"),
    "nodule": ("masses", "lung mass", "pulmonary nodules", "nodules or masses"),
}


def free_statement(
    rng: random.Random, region: Region, grammars: Sequence[Grammar] = GRAMMARS
) -> Statement | None:
    """A freely worded normal sentence about the region, if there is a grammar for it."""
    able = [grammar for grammar in grammars if grammar.region == region]
    return rng.choice(able).say(rng) if able else None
