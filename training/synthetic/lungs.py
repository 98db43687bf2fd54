"""Tables: what the lungs can show."""

from __future__ import annotations

from training.synthetic.report import ANY_CHANGE, Entity

SIDES = ("left", "right")
LOBES = (
    "right upper lobe",
    "right middle lobe",
    "right lower lobe",
    "right lower lobe",
    "left upper lobe",
    "left lower lobe",
    "left lower lobe",
    "lingula",
)
BASES = ("left basilar", "right basilar", "bibasilar", "left lower lobe", "right lower lobe")
CLEAR = frozenset({"clear lungs"})

# The certainty of the impression depends on how the opacity looks.
CONSOLIDATION = Entity(
    "consolidation",
    "consolidation",
    "lungs",
    10,
    "acute",
    findings=(
        "There is consolidation in the {lobe} with air bronchograms",
        "Dense consolidation is present in the {lobe}",
        "Confluent airspace disease is seen in the {lobe}",
        "The {lobe} is consolidated",
        "There is a dense airspace consolidation within the {lobe}",
        "Focal consolidation in the {lobe}",
        "Lobar consolidation involves the {lobe}",
        "{lobe} consolidation is noted",
    ),
    impressions=(
        "{lobe} consolidation consistent with pneumonia",
        "{lobe} pneumonia",
    ),
    slots={"lobe": LOBES},
    changes=ANY_CHANGE,
    contradicts=CLEAR,
)

OPACITY = Entity(
    "opacity",
    "consolidation",
    "lungs",
    11,
    "acute",
    findings=(
        "There is a patchy opacity in the {lobe}",
        "Patchy airspace opacity is present in the {lobe}",
        "An ill-defined opacity is seen in the {lobe}",
        "Hazy opacity projects over the {lobe}",
        "There is increased opacity within the {lobe}",
        "Patchy {lobe} airspace disease",
        "Subtle airspace opacity in the {lobe}",
        "{lobe} opacity is identified",
        "A faint infiltrate is seen in the {lobe}",
    ),
    impressions=(
        "{lobe} opacity concerning for pneumonia",
        "{lobe} airspace disease, which may represent pneumonia",
    ),
    slots={"lobe": LOBES},
    changes=ANY_CHANGE,
    contradicts=CLEAR,
)

MULTIFOCAL = Entity(
    "multifocal opacities",
    "consolidation",
    "lungs",
    9,
    "acute",
    findings=(
        "There are multifocal bilateral airspace opacities",
        "Patchy opacities are scattered throughout both lungs",
        "Multifocal patchy consolidation is seen in both lungs",
        "Bilateral multifocal airspace disease is present",
        "Multiple areas of patchy airspace opacity are present bilaterally",
    ),
    impressions=("Multifocal bilateral airspace opacities concerning for pneumonia",),
    changes=ANY_CHANGE,
    contradicts=CLEAR,
)

ATELECTASIS = Entity(
    "atelectasis",
    "atelectasis",
    "lungs",
    40,
    "acute",
    findings=(
        "There is {severity} {base} atelectasis",
        "{severity} {base} atelectasis is present",
        "{severity} {base} atelectasis",
        "{base} linear opacity is most consistent with {severity} atelectasis",
        "{severity} {base} discoid atelectasis is seen",
        "Streaky {base} opacity likely represents {severity} atelectasis",
        "{base} volume loss in keeping with {severity} atelectasis",
        "Low lung volumes with {severity} {base} atelectasis",
        "{severity} {base} subsegmental atelectasis",
    ),
    impressions=("{severity} {base} atelectasis",),
    slots={"base": BASES, "severity": ("mild", "mild", "minimal", "moderate", "")},
    changes=("stable", "better", "worse", "new"),
    contradicts=CLEAR,
)

COLLAPSE = Entity(
    "collapse",
    "atelectasis",
    "lungs",
    8,
    "acute",
    findings=(
        "There is volume loss with collapse of the {lobe}",
        "Complete collapse of the {lobe} is present",
        "The {lobe} is collapsed",
        "Collapse of the {lobe} with shift of the mediastinum to that side",
    ),
    impressions=("{lobe} collapse",),
    slots={
        "lobe": (
            "right upper lobe",
            "right middle lobe",
            "right lower lobe",
            "left upper lobe",
            "left lower lobe",
        )
    },
    changes=("stable", "better", "worse", "new"),
    contradicts=CLEAR | {"consolidation", "trachea"},
)

EDEMA = Entity(
    "edema",
    "edema",
    "lungs",
    20,
    "acute",
    findings=(
        "There is {severity} pulmonary edema",
        "{severity} interstitial pulmonary edema is present",
        "Diffuse interstitial prominence with Kerley B lines indicates {severity} pulmonary edema",
        "Perihilar opacities and indistinct vessels suggest {severity} pulmonary edema",
        "{severity} pulmonary edema is seen",
        "Cephalization of the vessels and septal lines reflect {severity} pulmonary edema",
        "The pulmonary vasculature is engorged and indistinct, with {severity} edema",
        "Bilateral perihilar haze is in keeping with {severity} pulmonary edema",
    ),
    impressions=("{severity} pulmonary edema",),
    slots={"severity": ("mild", "mild", "moderate", "severe")},
    changes=ANY_CHANGE,
    contradicts=CLEAR | {"vessels"},
)

CONGESTION = Entity(
    "vascular congestion",
    "edema",
    "lungs",
    21,
    "acute",
    findings=(
        "There is {severity} pulmonary vascular congestion",
        "{severity} pulmonary vascular congestion is present",
        "The pulmonary vessels are prominent in keeping with {severity} congestion",
        "{severity} central vascular congestion without overt edema",
        "{severity} engorgement of the central pulmonary vasculature",
    ),
    impressions=("{severity} pulmonary vascular congestion",),
    slots={"severity": ("mild", "mild", "moderate")},
    changes=("stable", "better", "worse", "new"),
    contradicts=CLEAR | {"vessels"},
)

NODULE = Entity(
    "nodule",
    "nodule",
    "lungs",
    15,
    "acute",
    findings=(
        "There is a {size} nodule in the {lobe}",
        "A {size} nodular opacity projects over the {lobe}",
        "{size} nodule in the {lobe}",
        "A well-defined {size} pulmonary nodule is seen in the {lobe}",
        "There is a rounded {size} nodular density in the {lobe}",
        "A noncalcified {size} nodule is present in the {lobe}",
    ),
    impressions=("{size} {lobe} nodule, recommend chest CT",),
    slots={
        "lobe": (*LOBES[:2], "right lower lobe", "left upper lobe", "left lower lobe"),
        "size": ("5 mm", "6 mm", "7 mm", "8 mm", "9 mm", "1 cm", "1.2 cm", "1.5 cm", "2 cm"),
    },
    changes=("stable", "new"),
    contradicts=CLEAR,
)

MASS = Entity(
    "mass",
    "nodule",
    "lungs",
    7,
    "acute",
    findings=(
        "There is a {size} mass in the {lobe}",
        "A {size} spiculated mass is seen in the {lobe}",
        "{size} mass in the {lobe} with irregular margins",
        "A lobulated {size} mass projects over the {lobe}",
    ),
    impressions=("{size} {lobe} mass suspicious for malignancy, recommend chest CT",),
    slots={
        "lobe": ("right upper lobe", "right lower lobe", "left upper lobe", "left lower lobe"),
        "size": ("3 cm", "3.5 cm", "4 cm", "4.5 cm", "5 cm", "6 cm"),
    },
    changes=("stable", "worse"),
    contradicts=CLEAR,
)

HYPERINFLATION = Entity(
    "hyperinflation",
    "hyperinflation",
    "lungs",
    50,
    "chronic",
    findings=(
        "The lungs are hyperinflated with flattened diaphragms",
        "The lungs are hyperexpanded",
        "There is hyperinflation with flattening of the hemidiaphragms",
        "Lungs hyperinflated",
        "Hyperinflated lungs with increased retrosternal airspace",
        "The lungs are hyperinflated with coarse interstitial markings",
        "Emphysematous changes are present in the upper lobes",
        "Increased AP diameter of the chest and flattened diaphragms",
    ),
    impressions=("Hyperinflation consistent with COPD", "Emphysema"),
    changes=("stable",),
)

GRANULOMA = Entity(
    "granuloma",
    "granuloma",
    "lungs",
    70,
    "incidental",
    findings=(
        "There is a calcified granuloma in the {lobe}",
        "A calcified granuloma is seen in the {lobe}",
        "Calcified {lobe} granuloma",
        "Small calcified granuloma in the {lobe}",
        "Calcified hilar lymph nodes and a {lobe} granuloma reflect prior granulomatous disease",
    ),
    impressions=("Calcified {lobe} granuloma",),
    slots={"lobe": LOBES[:7]},
    changes=("stable",),
    contradicts=frozenset({"hila"}),
)

SCARRING = Entity(
    "scarring",
    "scarring",
    "lungs",
    65,
    "chronic",
    findings=(
        "There is {place} scarring",
        "{place} scarring is noted",
        "Linear {place} opacity is consistent with scarring",
        "{place} fibrotic change is present",
        "{place} scarring",
    ),
    impressions=("{place} scarring",),
    slots={
        "place": (
            "biapical",
            "left apical",
            "right apical",
            "left basilar",
            "right basilar",
            "lingular",
            "right middle lobe",
        )
    },
    changes=("stable",),
    contradicts=CLEAR,
)

FIBROSIS = Entity(
    "interstitial disease",
    "interstitial",
    "lungs",
    45,
    "chronic",
    findings=(
        "There are coarse reticular markings in both lung bases",
        "Chronic interstitial markings are increased bilaterally",
        "Bilateral peripheral reticular opacities with low lung volumes",
        "Diffuse coarsening of the interstitium is present",
    ),
    impressions=("Chronic interstitial lung disease",),
    changes=("stable", "worse"),
    contradicts=CLEAR,
)

LOW_VOLUMES = Entity(
    "low lung volumes",
    "volumes",
    "lungs",
    90,
    "incidental",
    findings=(
        "Lung volumes are low",
        "Low lung volumes with bronchovascular crowding",
        "Shallow inspiration accentuates the vascular markings",
        "Inspiratory effort is poor",
        "The lung volumes are low, with crowding of the bronchovascular markings",
    ),
)

MARKINGS = Entity(
    "prominent markings",
    "markings",
    "lungs",
    90,
    "incidental",
    findings=(
        "Bronchovascular markings are mildly prominent",
        "Interstitial markings are mildly prominent, likely related to technique",
        "There is mild peribronchial cuffing",
        "Scattered calcified granulomas are present",
        "An azygos fissure is incidentally noted",
        "Calcified mediastinal lymph nodes reflect an old granulomatous infection",
    ),
    contradicts=CLEAR | {"vessels", "hila"},
)

TABLE: tuple[Entity, ...] = (
    CONSOLIDATION,
    OPACITY,
    MULTIFOCAL,
    ATELECTASIS,
    COLLAPSE,
    EDEMA,
    CONGESTION,
    NODULE,
    MASS,
    HYPERINFLATION,
    GRANULOMA,
    SCARRING,
    FIBROSIS,
    LOW_VOLUMES,
    MARKINGS,
)
