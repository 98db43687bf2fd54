"""Tables: tubes, lines, pacemakers and traces of surgery.

Well-placed devices have the topic `device`, others `malposition`. The impression summarises several
well-placed devices in one line.
"""

from __future__ import annotations

from training.synthetic.report import Entity

SIDES = ("left", "right")
# Devices whose placement can cause a pneumothorax.
VEIN_LINES = frozenset({"central line", "PICC"})

PLACED = "device"
MISPLACED = "malposition"

TUBE = Entity(
    "endotracheal tube",
    PLACED,
    "devices",
    80,
    "acute",
    findings=(
        "The endotracheal tube tip is {distance} above the carina",
        "Endotracheal tube terminates {distance} above the carina",
        "ET tube tip {distance} above the carina",
        "An endotracheal tube is present with its tip {distance} above the carina",
    ),
    impressions=("endotracheal tube in satisfactory position",),
    slots={"distance": ("3 cm", "3.5 cm", "4 cm", "4.5 cm", "5 cm", "5.5 cm")},
    device="airway",
)

TUBE_LOW = Entity(
    "low endotracheal tube",
    MISPLACED,
    "devices",
    2,
    "acute",
    findings=(
        "The endotracheal tube tip is {distance} above the carina and should be withdrawn",
        "Endotracheal tube terminates low, {distance} above the carina",
        "ET tube tip is low, {distance} above the carina",
    ),
    impressions=("low endotracheal tube, {distance} above the carina, recommend withdrawal",),
    slots={"distance": ("5 mm", "8 mm", "1 cm", "1.2 cm")},
    device="airway",
)

TUBE_BRONCHUS = Entity(
    "bronchial intubation",
    MISPLACED,
    "devices",
    2,
    "acute",
    findings=(
        "The endotracheal tube tip is in the right main bronchus",
        "Endotracheal tube extends into the right main bronchus",
        "ET tube lies within the right main bronchus",
    ),
    impressions=("endotracheal tube in the right main bronchus, recommend withdrawal",),
    device="airway",
)

CENTRAL_LINE = Entity(
    "central line",
    PLACED,
    "devices",
    80,
    "acute",
    findings=(
        "A {side} {vein} central venous catheter terminates in the {site}",
        "{side} {vein} line tip is in the {site}",
        "There is a {side} {vein} catheter with its tip in the {site}",
        "{side} {vein} central line ends at the {site}",
    ),
    impressions=("{side} {vein} line in satisfactory position",),
    slots={
        "side": ("right", "right", "left"),
        "vein": ("internal jugular", "internal jugular", "subclavian"),
        "site": ("mid SVC", "lower SVC", "cavoatrial junction", "SVC"),
    },
    device="central line",
)

CENTRAL_LINE_DEEP = Entity(
    "deep central line",
    MISPLACED,
    "devices",
    3,
    "acute",
    findings=(
        "A {side} {vein} catheter terminates in the right atrium",
        "The {side} {vein} line tip projects over the right atrium",
        "{side} {vein} central line extends into the right atrium",
    ),
    impressions=("{side} {vein} line tip in the right atrium, recommend repositioning",),
    slots={"side": ("right", "right", "left"), "vein": ("internal jugular", "subclavian")},
    device="central line",
)

PICC = Entity(
    "PICC",
    PLACED,
    "devices",
    80,
    "acute",
    findings=(
        "A {side} PICC terminates in the {site}",
        "{side} upper extremity PICC line tip is in the {site}",
        "There is a {side} PICC with its tip at the {site}",
        "{side} arm PICC ends in the {site}",
    ),
    impressions=("{side} PICC in satisfactory position",),
    slots={"side": SIDES, "site": ("mid SVC", "lower SVC", "cavoatrial junction", "SVC")},
    device="PICC",
)

PICC_WRONG = Entity(
    "misplaced PICC",
    MISPLACED,
    "devices",
    3,
    "acute",
    findings=(
        "A {side} PICC turns cephalad into the {side} internal jugular vein",
        "The {side} PICC tip lies in the {side} internal jugular vein",
        "{side} PICC is coiled in the {side} internal jugular vein",
    ),
    impressions=("{side} PICC in the {side} internal jugular vein, recommend repositioning",),
    slots={"side": SIDES},
    device="PICC",
)

FEEDING_TUBE = Entity(
    "nasogastric tube",
    PLACED,
    "devices",
    80,
    "acute",
    findings=(
        "The nasogastric tube courses below the diaphragm with its tip in the stomach",
        "An enteric tube extends into the stomach",
        "Nasogastric tube tip projects over the stomach",
        "NG tube in the stomach",
    ),
    impressions=("nasogastric tube in satisfactory position",),
    device="feeding tube",
)

FEEDING_TUBE_HIGH = Entity(
    "high nasogastric tube",
    MISPLACED,
    "devices",
    3,
    "acute",
    findings=(
        "The nasogastric tube tip is in the distal esophagus",
        "The enteric tube ends above the diaphragm in the distal esophagus",
        "NG tube tip lies in the distal esophagus",
    ),
    impressions=("nasogastric tube in the distal esophagus, recommend advancement",),
    device="feeding tube",
)

CHEST_TUBE = Entity(
    "chest tube",
    PLACED,
    "devices",
    79,
    "acute",
    findings=(
        "A {side} chest tube is in place",
        "There is a {side}-sided chest tube",
        "{side} pleural drain is present",
        "{side} chest tube projects over the {side} hemithorax",
    ),
    impressions=("{side} chest tube in place",),
    slots={"side": SIDES},
    device="chest tube",
)

PACEMAKER = Entity(
    "pacemaker",
    "implant",
    "devices",
    90,
    "incidental",
    findings=(
        "A {side} chest wall pacemaker is present with leads in the right atrium and ventricle",
        "{side}-sided dual-lead pacemaker is noted",
        "There is a {side} pectoral pacemaker with intact leads",
        "{side} chest wall cardiac device with leads in expected position",
        "A {side} chest AICD is in place",
    ),
    slots={"side": ("left", "left", "right")},
)

STERNOTOMY = Entity(
    "sternotomy",
    "implant",
    "devices",
    90,
    "incidental",
    findings=(
        "Median sternotomy wires are intact",
        "The patient is status post median sternotomy and CABG",
        "Sternotomy wires and mediastinal clips are noted",
        "There are postoperative changes of median sternotomy",
        "A prosthetic aortic valve and sternotomy wires are present",
    ),
)

CLIPS = Entity(
    "surgical clips",
    "implant",
    "devices",
    90,
    "incidental",
    findings=(
        "Surgical clips are seen in the {side} axilla",
        "Cholecystectomy clips are noted in the upper abdomen",
        "A {side} chest port is present with its tip in the SVC",
    ),
    slots={"side": SIDES},
)

TABLE: tuple[Entity, ...] = (
    TUBE,
    TUBE_LOW,
    TUBE_BRONCHUS,
    CENTRAL_LINE,
    CENTRAL_LINE_DEEP,
    PICC,
    PICC_WRONG,
    FEEDING_TUBE,
    FEEDING_TUBE_HIGH,
    CHEST_TUBE,
    PACEMAKER,
    STERNOTOMY,
    CLIPS,
)
