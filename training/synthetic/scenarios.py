"""Tables: which entities occur together on one film, and why the film was taken."""

from __future__ import annotations

from dataclasses import dataclass

from training.synthetic import bones, devices, heart, lungs, pleura
from training.synthetic.report import Entity


@dataclass(frozen=True)
class Scenario:
    """A clinical situation: entities to draw from, each with its probability.

    `most` limits the number of entities with a line in the impression.
    """

    name: str
    share: int
    pool: tuple[tuple[Entity, float], ...]
    reasons: tuple[str, ...]
    most: int = 4
    prior: float = 0.4


INCIDENTALS: tuple[Entity, ...] = (
    bones.DEGENERATIVE,
    bones.DEGENERATIVE,
    bones.DEGENERATIVE,
    bones.SCOLIOSIS,
    heart.TORTUOUS_AORTA,
    heart.TORTUOUS_AORTA,
    heart.BORDERLINE_HEART,
    lungs.LOW_VOLUMES,
    lungs.MARKINGS,
    devices.PACEMAKER,
    devices.STERNOTOMY,
    devices.CLIPS,
)

GENERAL_REASONS = ("Cough.", "Shortness of breath.", "Chest pain.", "Preoperative evaluation.")

NORMAL = Scenario("normal", 0, (), GENERAL_REASONS, prior=0.3)

SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        "infection",
        20,
        (
            (lungs.CONSOLIDATION, 0.4),
            (lungs.OPACITY, 0.5),
            (lungs.MULTIFOCAL, 0.15),
            (pleura.EFFUSION, 0.3),
            (lungs.ATELECTASIS, 0.15),
        ),
        ("Fever and cough.", "Evaluate for pneumonia.", "Productive cough and leukocytosis."),
    ),
    Scenario(
        "heart failure",
        18,
        (
            (heart.CARDIOMEGALY, 0.6),
            (heart.CARDIOMEGALY_UNGRADED, 0.4),
            (lungs.EDEMA, 0.5),
            (lungs.CONGESTION, 0.3),
            (pleura.EFFUSIONS, 0.4),
            (pleura.EFFUSION, 0.2),
            (lungs.ATELECTASIS, 0.2),
        ),
        ("Dyspnea.", "Leg swelling and orthopnea.", "History of heart failure."),
        prior=0.5,
    ),
    Scenario(
        "effusion",
        10,
        ((pleura.EFFUSION, 0.7), (pleura.EFFUSIONS, 0.3), (lungs.ATELECTASIS, 0.5)),
        ("Follow-up of effusion.", "Pleuritic pain.", "Shortness of breath."),
        prior=0.6,
    ),
    Scenario(
        "intensive care",
        16,
        (
            (devices.TUBE, 0.5),
            (devices.TUBE_LOW, 0.12),
            (devices.TUBE_BRONCHUS, 0.08),
            (devices.CENTRAL_LINE, 0.45),
            (devices.CENTRAL_LINE_DEEP, 0.1),
            (devices.FEEDING_TUBE, 0.4),
            (devices.FEEDING_TUBE_HIGH, 0.1),
            (devices.PICC, 0.2),
            (lungs.ATELECTASIS, 0.3),
            (lungs.EDEMA, 0.2),
            (pleura.EFFUSIONS, 0.15),
            (pleura.EFFUSION, 0.15),
        ),
        ("Intubated.", "Evaluate line and tube position.", "Respiratory failure."),
        most=5,
        prior=0.4,
    ),
    Scenario(
        "line placement",
        8,
        (
            (devices.PICC, 0.5),
            (devices.PICC_WRONG, 0.15),
            (devices.CENTRAL_LINE, 0.4),
            (devices.CENTRAL_LINE_DEEP, 0.1),
            (pleura.PNEUMOTHORAX, 0.06),
            (lungs.ATELECTASIS, 0.15),
        ),
        ("Line placement.", "PICC placement.", "Evaluate line position."),
        most=3,
        prior=0.2,
    ),
    Scenario(
        "trauma",
        12,
        (
            (bones.RIB_FRACTURE, 0.4),
            (bones.RIB_FRACTURES, 0.3),
            (bones.CLAVICLE_FRACTURE, 0.2),
            (pleura.PNEUMOTHORAX, 0.35),
            (pleura.EFFUSION, 0.15),
            (bones.EMPHYSEMA, 0.15),
            (bones.COMPRESSION, 0.15),
        ),
        ("Fall.", "Motor vehicle collision.", "Chest wall pain after trauma."),
        prior=0.1,
    ),
    Scenario(
        "pneumothorax",
        8,
        ((pleura.PNEUMOTHORAX, 1.0), (devices.CHEST_TUBE, 0.6), (bones.EMPHYSEMA, 0.25)),
        ("Follow-up of pneumothorax.", "Sudden chest pain.", "Chest tube check."),
        prior=0.7,
    ),
    Scenario(
        "tumor",
        12,
        (
            (lungs.NODULE, 0.55),
            (lungs.MASS, 0.3),
            (heart.HILAR_PROMINENCE, 0.2),
            (pleura.EFFUSION, 0.15),
            (lungs.COLLAPSE, 0.12),
            (lungs.HYPERINFLATION, 0.15),
        ),
        ("Weight loss.", "Hemoptysis.", "Smoker with chronic cough."),
        most=3,
    ),
    Scenario(
        "chronic",
        22,
        (
            (lungs.HYPERINFLATION, 0.4),
            (lungs.SCARRING, 0.25),
            (lungs.GRANULOMA, 0.25),
            (lungs.FIBROSIS, 0.15),
            (heart.HIATAL_HERNIA, 0.15),
            (heart.RAISED_DIAPHRAGM, 0.15),
            (bones.COMPRESSION, 0.15),
            (bones.OLD_RIB_FRACTURES, 0.15),
            (pleura.PLEURAL_THICKENING, 0.12),
            (heart.CARDIOMEGALY, 0.2),
            (heart.CARDIOMEGALY_UNGRADED, 0.15),
        ),
        ("Chronic cough.", "COPD.", "Annual examination.", "Wheezing."),
        most=3,
    ),
    Scenario(
        "rare",
        4,
        (
            (heart.FREE_AIR, 0.4),
            (lungs.COLLAPSE, 0.4),
            (lungs.ATELECTASIS, 0.3),
            (pleura.EFFUSION, 0.2),
        ),
        ("Abdominal pain.", "Postoperative day 2.", "Hypoxia."),
        most=3,
    ),
)
