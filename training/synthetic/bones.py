"""Tables: what the bones and soft tissues can show."""

from __future__ import annotations

from training.synthetic.report import Entity

RIBS = ("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
SIDES = ("left", "right")

RIB_FRACTURE = Entity(
    "rib fracture",
    "fracture",
    "bones",
    35,
    "acute",
    findings=(
        "There is a {displaced} fracture of the {side} {rib} rib",
        "A {displaced} {side} {rib} rib fracture is seen",
        "{displaced} fracture of the {side} {rib} rib",
        "Cortical step-off of the {side} {rib} rib is consistent with a {displaced} fracture",
    ),
    impressions=("{displaced} {side} {rib} rib fracture",),
    slots={"displaced": ("nondisplaced", "displaced"), "side": SIDES, "rib": RIBS},
    contradicts=frozenset({"normal bones"}),
)

RIB_FRACTURES = Entity(
    "rib fractures",
    "fracture",
    "bones",
    35,
    "acute",
    findings=(
        "There are multiple {side} rib fractures",
        "Multiple acute {side} rib fractures are present",
        "Several {side} ribs are fractured, consistent with multiple rib fractures",
    ),
    impressions=("multiple {side} rib fractures",),
    slots={"side": SIDES},
    contradicts=frozenset({"normal bones"}),
)

OLD_RIB_FRACTURES = Entity(
    "old rib fractures",
    "old fracture",
    "bones",
    75,
    "incidental",
    findings=(
        "Old healed {side} rib fractures are noted",
        "There are healed {side} rib fractures",
        "Remote {side} rib fractures",
        "Chronic {side} rib deformities",
    ),
    impressions=("old {side} rib fractures",),
    slots={"side": SIDES},
    contradicts=frozenset({"normal bones"}),
)

CLAVICLE_FRACTURE = Entity(
    "clavicle fracture",
    "fracture",
    "bones",
    34,
    "acute",
    findings=(
        "There is a {displaced} fracture of the {side} clavicle",
        "{displaced} {side} clavicle fracture is present",
        "A {displaced} fracture of the {side} mid clavicle is seen",
    ),
    impressions=("{displaced} {side} clavicle fracture",),
    slots={"displaced": ("nondisplaced", "displaced"), "side": SIDES},
    contradicts=frozenset({"normal bones"}),
)

COMPRESSION = Entity(
    "compression deformity",
    "old fracture",
    "bones",
    52,
    "chronic",
    findings=(
        "There is {severity} compression deformity of the {level} vertebral body",
        (
            "{severity} wedging of the {level} vertebral body is consistent with a compression"
            " deformity"
        ),
        "{severity} {level} compression deformity is seen",
        (
            "{severity} loss of height of the {level} vertebral body in keeping with a compression"
            " deformity"
        ),
    ),
    impressions=("{severity} {level} compression deformity",),
    slots={
        "severity": ("mild", "moderate", "severe"),
        "level": ("T6", "T7", "T8", "T9", "T11", "T12", "L1"),
    },
    changes=("stable", "new"),
    contradicts=frozenset({"normal bones", "fracture"}),
)

DEGENERATIVE = Entity(
    "degenerative change",
    "degenerative",
    "bones",
    90,
    "incidental",
    findings=(
        "There are {severity} degenerative changes of the thoracic spine",
        "{severity} degenerative changes are seen in the spine",
        "{severity} multilevel degenerative change of the thoracic spine",
        "Thoracic spondylosis is noted",
        "{severity} endplate osteophytes throughout the thoracic spine",
        "Degenerative change of both shoulders",
        "Anterior osteophytes of the thoracic spine",
        "{severity} spondylotic change",
    ),
    slots={"severity": ("mild", "mild", "moderate", "")},
    contradicts=frozenset({"normal bones"}),
)

SCOLIOSIS = Entity(
    "scoliosis",
    "degenerative",
    "bones",
    90,
    "incidental",
    findings=(
        "There is {severity} scoliosis of the thoracic spine",
        "{severity} thoracic scoliosis",
        "{severity} curvature of the thoracic spine is present",
        "Mild dextroscoliosis",
        "The thoracic kyphosis is accentuated",
        "Degenerative change of the acromioclavicular joints",
        "Calcifications of the costal cartilage are noted",
        "There is a cervical spine fusion plate",
        "Hardware of the lumbar spine is partly seen",
        "Pectus excavatum is present",
        "Cervical ribs are noted",
        "Bilateral breast implants are in place",
        "The bones are diffusely osteopenic",
        "Osteopenia is noted",
    ),
    slots={"severity": ("mild", "moderate", "")},
    contradicts=frozenset({"normal bones"}),
)

EMPHYSEMA = Entity(
    "subcutaneous emphysema",
    "soft tissue gas",
    "bones",
    33,
    "acute",
    findings=(
        "There is subcutaneous emphysema along the {side} chest wall",
        "Subcutaneous gas is present in the {side} chest wall",
        "{side} chest wall subcutaneous emphysema is seen",
    ),
    impressions=("{side} chest wall subcutaneous emphysema",),
    slots={"side": SIDES},
    changes=("stable", "better", "worse", "new"),
    contradicts=frozenset({"normal bones"}),
)

TABLE: tuple[Entity, ...] = (
    RIB_FRACTURE,
    RIB_FRACTURES,
    OLD_RIB_FRACTURES,
    CLAVICLE_FRACTURE,
    COMPRESSION,
    DEGENERATIVE,
    SCOLIOSIS,
    EMPHYSEMA,
)
