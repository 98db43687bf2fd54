"""Findings outside the chest: what a chest film shows of the abdomen, and some of elsewhere.

Other regions are begun, not covered: measurements exist for chest reports only.
"""

from __future__ import annotations

from chalicelib.checks.lexicon.table import Finding, Weight

FINDINGS = (
    Finding(
        "pneumoperitoneum",
        Weight.ACUTE,
        "pneumoperitoneum; free air; free intraperitoneal air; intraperitoneal air; free gas;"
        " free peritoneal air; free subdiaphragmatic air; subdiaphragmatic air; free abdominal"
        " air; free intraperitoneal gas; intraperitoneal free air; air under the diaphragm; air"
        " beneath the diaphragm; air under the hemidiaphragm; free air under the diaphragm;"
        " free ~ air ~ diaphragm; free ~ air ~ hemidiaphragm; extraluminal air;"
        " subdiaphragmatic free air; subdiaphragmatic gas; air ~ beneath ~ hemidiaphragm",
        sided=True,
        group="abdominal air",
    ),
    Finding(
        "bowel obstruction",
        Weight.ACUTE,
        "bowel obstruction; small bowel obstruction; obstruction of the bowel; intestinal"
        " obstruction; large bowel obstruction; colonic obstruction; gastric outlet"
        " obstruction; volvulus",
        group="bowel",
    ),
    Finding(
        "dilated bowel",
        Weight.INCIDENTAL,
        "dilated loop; dilated bowel; dilated loop of bowel; ileus; distended bowel; bowel"
        " distention; gaseous distention; distended loop; dilated colon; dilated small bowel;"
        " gastric distention; distended stomach; bowel ~ dilated; bowel ~ distended; stomach ~"
        " distended; colonic distention; distention ~ bowel; distention ~ stomach",
        group="bowel",
    ),
    Finding(
        "gallstones",
        Weight.INCIDENTAL,
        "gallstone; cholelithiasis; gallbladder stone; stone in the gallbladder; calcified"
        " gallstone",
        group="gallbladder",
    ),
    Finding(
        "cholecystitis",
        Weight.ACUTE,
        "cholecystitis; gallbladder wall thickening; pericholecystic fluid",
        group="gallbladder",
    ),
    Finding("appendicitis", Weight.ACUTE, "appendicitis; inflamed appendix", group="appendix"),
    Finding("diverticulitis", Weight.ACUTE, "diverticulitis", group="colon"),
    Finding("pancreatitis", Weight.ACUTE, "pancreatitis; peripancreatic fluid", group="pancreas"),
    Finding(
        "hydronephrosis",
        Weight.ACUTE,
        "hydronephrosis; hydroureteronephrosis; hydroureter; pelvicaliectasis",
        sided=True,
        group="kidney",
    ),
    Finding(
        "kidney stone",
        Weight.ACUTE,
        "kidney stone; renal stone; ureteral stone; nephrolithiasis; renal calculus; ureteral"
        " calculus; urolithiasis; obstructing stone; stone ~ ureter; stone ~ kidney; calculus ~"
        " ureter; renal calculi",
        sided=True,
        group="kidney",
    ),
    Finding(
        "ascites",
        Weight.ACUTE,
        "ascites; free fluid; peritoneal fluid; hemoperitoneum",
        group="ascites",
    ),
    Finding(
        "deep vein thrombosis",
        Weight.ACUTE,
        "deep vein thrombosis; deep venous thrombosis; dvt; venous thrombosis; venous thrombus",
        sided=True,
        group="vein",
    ),
    Finding(
        "intracranial hemorrhage",
        Weight.ACUTE,
        "intracranial hemorrhage; subdural hematoma; epidural hematoma; subarachnoid"
        " hemorrhage; intraparenchymal hemorrhage; subdural hemorrhage; intracerebral"
        " hemorrhage; intracranial bleed; intraventricular hemorrhage; parenchymal hemorrhage;"
        " extra axial hemorrhage; cerebral hemorrhage",
        sided=True,
        group="brain bleeding",
    ),
    Finding(
        "stroke",
        Weight.ACUTE,
        "acute infarct; infarct; infarction; acute stroke; ischemic stroke; acute ischemia;"
        " large vessel occlusion; territorial infarct; restricted diffusion",
        sided=True,
        group="brain ischemia",
    ),
    Finding(
        "midline shift",
        Weight.ACUTE,
        "midline shift; herniation; uncal herniation",
        group="brain pressure",
    ),
    Finding(
        "hydrocephalus", Weight.ACUTE, "hydrocephalus; ventriculomegaly", group="brain pressure"
    ),
    Finding(
        "spinal cord compression",
        Weight.ACUTE,
        "cord compression; spinal cord compression; cauda equina compression",
        group="cord",
    ),
    Finding(
        "torsion",
        Weight.ACUTE,
        "torsion; ovarian torsion; testicular torsion",
        sided=True,
        group="torsion",
    ),
    Finding(
        "ectopic pregnancy", Weight.ACUTE, "ectopic pregnancy; ectopic gestation", group="pregnancy"
    ),
)
