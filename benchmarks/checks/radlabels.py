"""The labelled reports of the package `radlabels`, and how well the labeller agrees with them.

`radlabels` 0.2.0 (MIT) contains 1,000 synthetic reports with silver labels: the annotations of
RadGraph-XL, matched with the phrases of radiologists. They are read from the downloaded wheel,
which is not installed. Nothing of it is committed, and no phrase of its list is used here: `NAMES`
says which findings of ours answer to which of its 49.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.checks.agreement import Counts
from chalicelib.checks.labeller import label
from common.errors import EnvironmentSetupError
from common.installing import bundled_pip
from common.paths import ROOT

REQUIREMENTS = ROOT / "benchmarks" / "requirements-labels.txt"
FOLDER = ROOT / "build" / "labels"
_SAMPLES = "radlabels/samples"
_STATUS = {
    "definitely present": "present",
    "definitely absent": "absent",
    "uncertain": "uncertain",
}
_RANK = {"present": 2, "uncertain": 1, "absent": 0}

_AIRSPACE = ("air_space_opacity",)
_CONGESTION = ("pulmonary_congestion_pulmonary_venous_congestion",)
# Findings of ours: the names that they have there. The others have none.
NAMES: dict[str, tuple[str, ...]] = {
    "rib fracture": ("fracture_generic",),
    "old fracture": ("non_acute_rib_fracture", "fracture_generic"),
    "fracture": ("fracture_generic",),
    "compression fracture": ("fracture_generic",),
    "consolidation": (*_AIRSPACE, "consolidation"),
    "pneumonia": (*_AIRSPACE, "pneumonia"),
    "aspiration": (*_AIRSPACE, "pneumonia"),
    "infiltrate": (*_AIRSPACE, "infiltration"),
    "airspace disease": _AIRSPACE,
    "opacity": ("lung_opacity",),
    "ground-glass opacity": (*_AIRSPACE, "ground_glass_opacity"),
    "atelectasis": ("atelectasis",),
    "lung collapse": ("atelectasis",),
    "bronchial wall thickening": ("peribronchial_cuffing",),
    "bulla": ("bullous_disease",),
    "aortic calcification": ("calcification_of_the_aorta",),
    "cardiomegaly": ("cardiomegaly",),
    "central line": ("central_venous_catheter",),
    "emphysema": ("emphysema",),
    "endotracheal tube": ("endotracheal_tube",),
    "wide mediastinum": ("enlarged_cardiomediastinum",),
    "enteric tube": ("enteric_tube",),
    "hiatal hernia": ("hiatus_hernia",),
    "diaphragmatic hernia": ("other_hernia",),
    "lymphadenopathy": ("hilar_lymphadenopathy",),
    "hyperinflation": ("hyperinflation",),
    "stimulator": ("implantable_electronic_device",),
    "chest tube": ("intercostal_drain",),
    "interstitial change": ("interstitial_thickening",),
    "lung lesion": ("lung_lesion", "lung_nodule_or_mass"),
    "granuloma": ("lung_nodule_or_mass",),
    "orthopedic hardware": ("support_devices_generic",),
    "cavity": ("lung_lesion",),
    "nodule": ("lung_nodule_or_mass",),
    "mass": ("lung_nodule_or_mass",),
    "foreign body": ("nonsurgical_internal_foreign_body",),
    "pacemaker": ("pacemaker_electronic_cardiac_device_or_wires",),
    "pleural effusion": ("pleural_effusion",),
    "hemothorax": ("pleural_effusion",),
    "empyema": ("pleural_effusion",),
    "hydropneumothorax": ("pneumothorax", "pleural_effusion"),
    "pleural thickening": ("pleural_thickening",),
    "pneumomediastinum": ("pneumomediastinum",),
    "pneumopericardium": ("pneumomediastinum",),
    "pneumoperitoneum": ("pneumoperitoneum",),
    "pneumothorax": ("pneumothorax",),
    "tension pneumothorax": ("pneumothorax",),
    "pulmonary artery enlargement": ("pulmonary_artery_enlargement",),
    "vascular congestion": _CONGESTION,
    "pulmonary edema": (*_CONGESTION, "pulmonary_edema"),
    "fibrosis": ("pulmonary_fibrosis",),
    "dislocation": ("shoulder_dislocation",),
    "subcutaneous emphysema": ("subcutaneous_emphysema", "emphysema"),
    "support devices": ("support_devices_generic",),
    "tortuous aorta": ("tortuous_aorta",),
    "tracheal deviation": ("tracheal_deviation",),
    "tracheostomy": ("tracheostomy_tube",),
}


class Report(NamedTuple):
    """A report of the package: its text, and the status of each finding that it labels."""

    text: str
    labels: dict[str, str]


def wheel(folder: Path = FOLDER) -> Path:
    """The package's wheel, downloaded with its hash checked unless it is there.

    Raises EnvironmentSetupError: the registry cannot be reached, or has another file.
    """
    found = sorted(folder.glob("radlabels-*.whl"))
    if found:
        return found[0]
    pip = bundled_pip()
    command = [sys.executable, *([str(pip / "pip")] if pip else ["-m", "pip"])]
    options = ["download", "--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    # The package says that it runs on Python 3.10 to 3.12; only its data are read.
    options += ["--ignore-requires-python", "--disable-pip-version-check", "--dest", str(folder)]
    done = subprocess.run(  # noqa: S603  # pip, with the project's own list
        [*command, *options, "-r", str(REQUIREMENTS)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        message = f"radlabels cannot be downloaded ({' '.join(last)}): check pip's registry"
        raise EnvironmentSetupError(message)
    return next(folder.glob("radlabels-*.whl"))


def reports(path: Path) -> Iterator[Report]:
    """The labelled reports in a wheel."""
    with zipfile.ZipFile(path) as archive:
        labelled = json.loads(archive.read(f"{_SAMPLES}/synthetic_labels.json"))
        for name in sorted(labelled):
            text = archive.read(f"{_SAMPLES}/synthetic_reports/{name}.txt").decode()
            labels = {finding: _STATUS[status] for finding, status in labelled[name].items()}
            yield Report(text, labels)


def answered(text: str) -> dict[str, str]:
    """What the labeller says of a text, under the package's names; present outweighs the others."""
    found: dict[str, str] = {}
    for fact in label(text):
        for name in NAMES.get(fact.finding, ()):
            if name not in found or _RANK[fact.status] > _RANK[found[name]]:
                found[name] = fact.status
    return found


def _decided(statuses: dict[str, str]) -> set[tuple[str, str]]:
    return {
        (name, "absent" if status == "absent" else "present") for name, status in statuses.items()
    }


def agreement(path: Path) -> dict[str, Counts]:
    """Counts over all reports: of `findings`, of `absent` ones, and of findings with status.

    `status` compares all three. For `status, hedged as present`, what we call uncertain counts as
    present, and their labels stay as they are: of the findings that these reports hedge ("could
    be", "may represent", "likely", "cannot be excluded"), nine of ten are labelled as present.
    """
    counts = {
        "findings": Counts(),
        "absent": Counts(),
        "status": Counts(),
        "status, hedged as present": Counts(),
    }
    for report in reports(path):
        ours, theirs = answered(report.text), report.labels
        counts["findings"] += Counts.of(set(ours), set(theirs))
        counts["absent"] += Counts.of(
            {name for name, status in ours.items() if status == "absent"},
            {name for name, status in theirs.items() if status == "absent"},
        )
        counts["status"] += Counts.of(set(ours.items()), set(theirs.items()))
        counts["status, hedged as present"] += Counts.of(_decided(ours), set(theirs.items()))
    return counts
