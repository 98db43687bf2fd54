"""Tables: normal sentences of everyday films, built from word groups."""

from __future__ import annotations

from training.synthetic.grammar import Grammar
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

IS = ("is", "is", "is", "appears", "remains", "")
ARE = ("are", "are", "are", "appear", "remain", "")
FINE = (
    "normal",
    "normal",
    "within normal limits",
    "within normal limits",
    "unremarkable",
    "grossly unremarkable",
    "grossly normal",
    "stable",
    "unchanged and normal",
    "of normal appearance",
    "within limits of normal",
    "in the normal range",
)
NONE_SEEN = (
    "No",
    "No",
    "There is no",
    "There is no",
    "There are no",
    "No evidence of",
    "No visible",
    "No definite",
    "No convincing",
    "Without",
    "Negative for",
    "There is no evidence of",
    "I do not see any",
)
SEEN = ("", "", "", "is seen", "is identified", "is present", "seen", "identified", "are noted")

GRAMMARS: tuple[Grammar, ...] = (
    Grammar(
        "heart",
        HEART,
        (
            ("The heart", "Heart", "Heart size", "The heart size", "Cardiac size", "The cardiac"),
            IS,
            (*FINE, "normal in size", "normal in size and contour", "not enlarged", "upper normal"),
        ),
    ),
    Grammar(
        "heart",
        SILHOUETTE,
        (
            (
                "The cardiomediastinal silhouette",
                "Cardiomediastinal silhouette",
                "The cardiac contour",
                "Heart size and mediastinal contour",
                "The heart and mediastinum",
                "Heart and mediastinum",
                "The heart, pulmonary vessels and mediastinum",
                "Cardiac and mediastinal silhouettes",
                "The heart size and cardiomediastinal silhouette",
                "Heart size, mediastinal and hilar contours",
                "The cardiopericardial silhouette",
            ),
            ("is", "are", "appear", "remain", ""),
            (*FINE, "normal in size and contour", "stable in appearance"),
        ),
    ),
    Grammar(
        "mediastinum",
        SILHOUETTE - HEART,
        (
            (
                "The mediastinum",
                "Mediastinum",
                "Mediastinal contours",
                "The mediastinal structures",
                "The hilar and mediastinal contours",
                "The mediastinal and hilar outlines",
                "Hilar structures",
                "The aorta and mediastinum",
            ),
            ("is", "are", "appear", ""),
            (*FINE, "not widened", "midline"),
        ),
    ),
    Grammar(
        "mediastinum",
        frozenset({"trachea"}),
        (("The trachea", "Trachea", "The airway"), IS, ("midline", "midline and patent", "normal")),
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
                "Lung parenchyma",
                "The lungs and airways",
                "Bilateral lungs",
                "Both lung fields",
            ),
            ARE,
            (
                "clear",
                "clear",
                "clear",
                "grossly clear",
                "clear bilaterally",
                "well aerated and clear",
                "clear and expanded",
                "free of infiltrate",
                "free of focal disease",
                "clear of any acute process",
                "without focal abnormality",
                "clear without focal consolidation",
            ),
        ),
    ),
    Grammar(
        "lungs",
        EXPANDED,
        (
            ("The lungs", "Lungs", "Both lungs"),
            ARE,
            (
                "well expanded",
                "normally inflated",
                "adequately expanded",
                "well inflated and clear",
                "symmetrically aerated",
                "hypoventilated but clear",
            ),
        ),
    ),
    Grammar(
        "lungs",
        LUNGS | SPACES,
        (
            ("The lungs", "Lungs", "Both lungs"),
            ("are clear", "clear", "are expanded and clear", "are well aerated"),
            ("with no", "without", "without evidence of", "and there is no"),
            (
                "effusion or pneumothorax",
                "pleural effusion or pneumothorax",
                "infiltrate, effusion or pneumothorax",
                "consolidation, pneumothorax or large effusion",
                "focal infiltrate or pleural fluid",
            ),
        ),
    ),
    Grammar(
        "lungs",
        VESSELS,
        (
            (
                "The pulmonary vasculature",
                "Pulmonary vascularity",
                "The pulmonary vessels",
                "Pulmonary vascular markings",
                "The pulmonary vascular pattern",
                "The pulmonary interstitium",
            ),
            ("is", "are", "appear", ""),
            (*FINE, "not congested", "normal in caliber and distribution"),
        ),
    ),
    Grammar(
        "lungs",
        frozenset({"consolidation"}),
        (
            NONE_SEEN,
            ("", "", "focal", "acute", "lobar", "alveolar", "confluent"),
            (
                "consolidation",
                "infiltrate",
                "infiltrates",
                "airspace disease",
                "air space opacity",
                "airspace consolidation",
                "areas of consolidation",
                "parenchymal opacity",
                "pneumonia",
            ),
            SEEN,
        ),
    ),
    Grammar(
        "lungs",
        frozenset({"nodule"}),
        (
            NONE_SEEN,
            ("", "suspicious", "discrete", "pulmonary", "new"),
            ("nodule", "nodules", "mass", "nodules or masses", "mass lesion", "nodular opacity"),
            SEEN,
        ),
    ),
    Grammar(
        "lungs",
        frozenset({"edema", "vessels"}),
        (
            NONE_SEEN,
            (
                "pulmonary edema",
                "vascular congestion",
                "overt edema",
                "findings of heart failure",
                "typical findings of edema",
                "interstitial edema",
            ),
            SEEN,
        ),
    ),
    Grammar(
        "pleura",
        frozenset({"effusion"}),
        (
            NONE_SEEN,
            ("", "", "pleural", "large", "large pleural", "significant", "visible pleural"),
            ("effusion", "effusions", "effusion", "fluid", "fluid collection"),
            SEEN,
        ),
    ),
    Grammar(
        "pleura",
        frozenset({"pneumothorax"}),
        (NONE_SEEN, ("", "", "large", "visible"), ("pneumothorax", "pneumothoraces"), SEEN),
    ),
    Grammar(
        "pleura",
        frozenset({"effusion", "pneumothorax"}),
        (
            NONE_SEEN,
            (
                "pleural effusion or pneumothorax",
                "pneumothorax or pleural effusion",
                "effusion or pneumothorax",
                "pneumothorax or effusion",
                "pleural effusions or pneumothoraces",
                "pneumothorax or large pleural effusion",
                "pneumothorax, pleural effusion or pleural thickening",
                "pneumothorax or pleural fluid",
            ),
            SEEN,
        ),
    ),
    Grammar(
        "pleura",
        frozenset({"effusion", "pneumothorax", "consolidation"}),
        (
            NONE_SEEN,
            ("", "focal", "acute"),
            (
                "consolidation, effusion or pneumothorax",
                "consolidation, pneumothorax, or pleural effusion",
                "infiltrate, pneumothorax, or effusion",
                "airspace disease, pleural effusion, or pneumothorax",
                "infiltrate or effusion",
                "air space opacity, pneumothorax or large effusion",
                "consolidation, suspicious opacity, effusion or pneumothorax",
            ),
            SEEN,
        ),
    ),
    Grammar(
        "pleura",
        SPACES,
        (
            ("The pleural spaces", "Costophrenic angles", "The costophrenic angles", "The pleura"),
            ("are", "is", "appear", ""),
            ("clear", "sharp", "normal", "unremarkable", "sharp bilaterally"),
        ),
    ),
    Grammar(
        "bones",
        BONES,
        (
            (
                "The bones",
                "Osseous structures",
                "The skeletal structures",
                "The visualized bones",
                "The bony thorax",
                "Thoracic spine",
                "The spine and ribs",
                "Soft tissues and bony structures",
                "The osseous structures of the thorax",
            ),
            ("is", "are", "appear", ""),
            (*FINE, "intact", "grossly intact", "without acute abnormality"),
        ),
    ),
    Grammar(
        "bones",
        ACUTE_BONES,
        (
            NONE_SEEN,
            ("acute", "acute", "displaced", "focal", "acute displaced"),
            (
                "bony abnormality",
                "bony abnormalities",
                "osseous abnormality",
                "fracture",
                "rib fracture",
                "osseous lesion",
                "skeletal finding",
                "bony findings",
            ),
            SEEN,
        ),
    ),
    Grammar(
        "abdomen",
        FREE_AIR,
        (
            (
                "No free air under the diaphragm",
                "Upper abdomen is unremarkable",
                "The visualized upper abdomen is normal",
                "No subdiaphragmatic free air",
                "The bowel gas pattern is normal",
                "No free intraperitoneal air",
                "The diaphragm is normal in contour",
            ),
        ),
    ),
)

# When one lung or one place has a finding.
REST_IS_CLEAR: tuple[str, ...] = (
    "The lungs are otherwise clear",
    "Lungs otherwise clear",
    "Otherwise, the lungs are clear",
    "The remainder of the lungs is clear",
    "No other focal abnormality",
    "The remaining lung is clear",
    "No acute infiltrate otherwise",
)

TECHNIQUE: tuple[str, ...] = (
    "PA and lateral views were obtained",
    "Two views of the chest",
    "Frontal and lateral views of the chest show",
    "The examination consists of frontal and lateral radiographs",
    "This is a lordotic view",
    "The patient is rotated",
    "The patient is slightly rotated",
    "Both images are slightly underexposed",
    "Technically limited by body size",
    "The lateral view is limited",
    "Overlying leads are noted",
    "Since the prior study there has been no change",
    "No change from the previous film",
    "There has been no interval change",
    "Comparison is made to the earlier examination",
    "No comparison available",
    "Soft tissue shadow overlies the left base",
    "Nipple shadows are noted",
    "Clothing artifact overlies the chest",
)
