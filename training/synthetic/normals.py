"""Tables: sentences that say that a part of the film is normal.

Entries 0 to 7 of every tuple belong to the house with that `habit`; later ones to none.
"""

from __future__ import annotations

from collections.abc import Mapping

from training.synthetic.report import Region, Statement

HEART = frozenset({"cardiomegaly"})
SILHOUETTE = frozenset({"cardiomegaly", "hila", "hernia"})
LUNGS = frozenset(
    {"clear lungs", "consolidation", "edema", "nodule", "atelectasis", "interstitial"}
)
EXPANDED = LUNGS | {"volumes", "hyperinflation", "pneumothorax"}
VESSELS = frozenset({"vessels", "edema"})
SPACES = frozenset({"effusion", "pneumothorax", "thickening"})
BONES = frozenset({"normal bones", "fracture", "old fracture", "degenerative"})
ACUTE_BONES = frozenset({"fracture"})
FREE_AIR = frozenset({"free air"})


def _all(region: Region, denies: frozenset[str], *texts: str) -> tuple[Statement, ...]:
    return tuple(Statement(region, text, denies) for text in texts)


def _each(region: Region, *pairs: tuple[str, frozenset[str]]) -> tuple[Statement, ...]:
    return tuple(Statement(region, text, denies) for text, denies in pairs)


HEART_SENTENCES = _each(
    "heart",
    ("The cardiomediastinal silhouette is within normal limits", SILHOUETTE),
    ("Heart size is normal", HEART),
    ("Heart size normal", HEART),
    ("Normal heart size", HEART),
    ("The heart is not enlarged", HEART),
    ("Normal heart", HEART),
    ("The cardiothoracic ratio is within normal limits", HEART),
    ("Heart normal in size", HEART),
    ("Cardiac and mediastinal contours are within normal limits", SILHOUETTE),
    ("The heart and mediastinum are within normal limits", SILHOUETTE),
    ("Cardiomediastinal silhouette is normal", SILHOUETTE),
    ("The cardiac silhouette is unremarkable", HEART),
    ("The heart size and mediastinal contours appear normal", SILHOUETTE),
    ("Stable normal heart size", HEART),
    ("Cardiomediastinal contours are unremarkable", SILHOUETTE),
    ("The heart size and pulmonary vascularity appear within normal limits", HEART | VESSELS),
)

MEDIASTINUM_SENTENCES = _each(
    "mediastinum",
    ("The hilar contours are unremarkable", frozenset({"hila"})),
    ("Mediastinal contours are normal", SILHOUETTE - HEART),
    ("Mediastinum normal", SILHOUETTE - HEART),
    ("Normal mediastinal contours", SILHOUETTE - HEART),
    ("The mediastinum is not widened", frozenset({"hernia"})),
    ("Mediastinum clear", SILHOUETTE - HEART),
    ("The hila and mediastinum are unremarkable", SILHOUETTE - HEART),
    ("Mediastinum is midline", frozenset({"trachea"})),
    ("The trachea is midline", frozenset({"trachea"})),
    ("The mediastinal silhouette is unremarkable", SILHOUETTE - HEART),
    ("The hila are normal", frozenset({"hila"})),
    ("The aorta and hilar structures are normal", frozenset({"hila", "aorta"})),
)

LUNG_SENTENCES = _each(
    "lungs",
    ("The lungs are clear bilaterally", LUNGS),
    ("The lungs are well expanded and clear", EXPANDED),
    ("Lungs clear", LUNGS),
    ("Clear lungs", LUNGS),
    ("The lungs and pleural spaces are clear", LUNGS | SPACES),
    ("Both lungs are clear", LUNGS),
    ("The lung fields are clear", LUNGS),
    ("Lungs are well aerated", LUNGS),
    ("The lungs are clear", LUNGS),
    ("Lungs are clear", LUNGS),
    ("The lungs are normally inflated and clear", EXPANDED),
    ("The lungs appear clear", LUNGS),
    ("The lungs are free of focal airspace disease", frozenset({"consolidation"})),
    ("Clear lungs bilaterally", LUNGS),
    ("The lungs are grossly clear", LUNGS),
)

VESSEL_SENTENCES = _all(
    "lungs",
    VESSELS,
    "The pulmonary vasculature is normal",
    "Pulmonary vascularity is within normal limits",
    "Vascularity normal",
    "No vascular congestion",
    "The pulmonary vessels are normal in caliber",
    "Normal vessels",
    "Pulmonary vascular markings are normal",
    "Pulmonary vasculature unremarkable",
    "No pulmonary vascular congestion is seen",
    "Pulmonary vascular markings are within normal limits",
)

BONE_SENTENCES = _each(
    "bones",
    ("The osseous structures are intact", BONES - {"degenerative"}),
    ("The visualized osseous structures are unremarkable", BONES),
    ("Bones intact", ACUTE_BONES),
    ("No acute bony abnormality", ACUTE_BONES),
    ("No bony abnormality is seen", BONES),
    ("Bones normal", BONES),
    ("The visualized skeleton is unremarkable", BONES),
    ("No acute osseous abnormality", ACUTE_BONES),
    ("There is no acute osseous abnormality", ACUTE_BONES),
    ("No displaced rib fracture is seen", ACUTE_BONES),
    ("Osseous structures are grossly intact", ACUTE_BONES),
    ("The bony thorax is intact", BONES - {"degenerative"}),
    ("Visualized bony structures are without acute abnormality", ACUTE_BONES),
    ("Bony structures and soft tissues are unremarkable", BONES),
)

ABDOMEN_SENTENCES = _all(
    "abdomen",
    FREE_AIR,
    "No free air is seen below the diaphragm",
    "The visualized upper abdomen is unremarkable",
    "No free air",
    "No subdiaphragmatic free air",
    "No free gas is seen beneath the diaphragm",
    "Upper abdomen normal",
    "There is no free subdiaphragmatic gas",
    "No free intraperitoneal air",
)

PLEURA_SENTENCES = _all(
    "pleura",
    SPACES,
    "The pleural spaces are clear",
    "Pleural spaces clear",
    "Costophrenic angles clear",
    "Pleural spaces are clear",
    "The costophrenic angles are clear",
    "Pleura normal",
    "The costophrenic recesses are clear",
    "Costophrenic angles sharp",
)

NORMALS: Mapping[Region, tuple[tuple[Statement, ...], ...]] = {
    "heart": (HEART_SENTENCES,),
    "mediastinum": (MEDIASTINUM_SENTENCES,),
    "lungs": (LUNG_SENTENCES, VESSEL_SENTENCES),
    "pleura": (PLEURA_SENTENCES,),
    "bones": (BONE_SENTENCES,),
    "abdomen": (ABDOMEN_SENTENCES,),
}

# The names in a sentence of the form "No X, Y, or Z.", by topic.
DENIALS: Mapping[str, tuple[str, ...]] = {
    "consolidation": (
        "focal consolidation",
        "focal airspace opacity",
        "focal consolidation",
        "infiltrate",
        "focal lung abnormality",
        "consolidation",
        "collapse or consolidation",
        "focal infiltrate",
        "airspace disease",
        "focal air space disease",
    ),
    "effusion": (
        "pleural effusion",
        "pleural effusion",
        "effusion",
        "pleural effusion",
        "pleural effusion",
        "effusion",
        "pleural effusion",
        "effusion",
        "pleural fluid",
        "large pleural effusion",
    ),
    "pneumothorax": ("pneumothorax",),
    "edema": ("pulmonary edema", "edema", "overt edema", "evidence of pulmonary edema"),
    "nodule": ("suspicious nodule", "pulmonary nodule", "nodule or mass", "suspicious mass"),
}

DENIAL_FORMS: tuple[str, ...] = (
    "No {list}",
    "There is no {list}",
    "No {list}",
    "There is no {list}",
    "No {list} is seen",
    "No {list}",
    "There is no evidence of {list}",
    "Negative for {list}",
    "No evidence of {list}",
    "No definite {list}",
    "Specifically, there is no {list}",
)

REMAINDER: tuple[str, ...] = (
    "The lungs are otherwise clear",
    "The remainder of the lungs is clear",
    "Otherwise the lungs are clear",
    "The remaining lungs are clear",
)

OTHER_LUNG: tuple[str, ...] = (
    "The {side} lung is clear",
    "{side} lung is clear",
    "{side} lung clear",
)

VIEWS: tuple[str, ...] = (
    "PA and lateral views of the chest",
    "Single frontal view of the chest",
    "Portable AP view of the chest",
    "Frontal and lateral views of the chest were obtained",
    "AP upright view of the chest",
    "PA and lateral chest radiographs",
    "Single portable AP radiograph of the chest",
)

COMPARED: tuple[str, ...] = (
    "Comparison is made with the prior examination of ____",
    "Comparison: ____",
    "Compared with the study of XXXX",
    "Compared with earlier radiographs",
    "Comparison with the prior study was made",
    "Comparison is made to the prior radiograph",
)

ALONE: tuple[str, ...] = ("No prior study for comparison", "Comparison: None", "No prior films")

UNCHANGED: tuple[str, ...] = (
    "There has been no significant interval change",
    "No significant change from the prior study",
    "The appearance of the chest is unchanged",
)
