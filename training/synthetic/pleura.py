"""Tables: what the pleural space can show."""

from __future__ import annotations

from training.synthetic.report import ANY_CHANGE, Entity

SIDES = ("left", "right")

EFFUSION = Entity(
    "effusion",
    "effusion",
    "pleura",
    30,
    "acute",
    findings=(
        "There is a {severity} {side} pleural effusion",
        "{severity} {side} pleural effusion is present",
        "{severity} {side} pleural effusion",
        "A {severity} {side}-sided pleural effusion is seen",
        "A {severity} effusion is seen on the {side}",
        "{severity} {side} effusion is noted",
        "There is {severity} pleural fluid on the {side}",
        "Blunting of the {side} costophrenic angle suggests a {severity} effusion",
        "{side} costophrenic angle is blunted in keeping with a {severity} effusion",
        "Layering {severity} {side} pleural effusion is identified",
        "Opacity at the {side} base with a meniscus reflects a {severity} pleural effusion",
    ),
    impressions=("{severity} {side} pleural effusion",),
    slots={"severity": ("trace", "small", "small", "small", "moderate", "large"), "side": SIDES},
    changes=ANY_CHANGE,
)

EFFUSIONS = Entity(
    "effusions",
    "effusion",
    "pleura",
    30,
    "acute",
    findings=(
        "There are {severity} bilateral pleural effusions",
        "{severity} bilateral pleural effusions are present",
        "{severity} bilateral pleural effusions",
        "{severity} bilateral effusions are seen",
        "Both costophrenic angles are blunted by {severity} bilateral effusions",
        "{severity} pleural effusions are seen on both sides",
        "Bilateral {severity} pleural effusions are noted",
    ),
    impressions=("{severity} bilateral pleural effusions",),
    slots={"severity": ("trace", "small", "small", "small", "moderate", "large")},
    changes=ANY_CHANGE,
)

PNEUMOTHORAX = Entity(
    "pneumothorax",
    "pneumothorax",
    "pleura",
    5,
    "acute",
    findings=(
        "There is a {severity} {side} {part} pneumothorax",
        "{severity} {side} {part} pneumothorax is present",
        "{severity} {side} {part} pneumothorax",
        "A {severity} {part} pneumothorax is seen on the {side}",
        (
            "A visceral pleural line is seen on the {side}, consistent with a {severity} {part}"
            " pneumothorax"
        ),
        "{severity} {part} pneumothorax on the {side} without mediastinal shift",
        "There is a {severity} {side}-sided {part} pneumothorax",
    ),
    impressions=("{severity} {side} {part} pneumothorax",),
    slots={
        "severity": ("tiny", "small", "small", "moderate", "large"),
        "side": SIDES,
        "part": ("apical", "apical", ""),
    },
    changes=ANY_CHANGE,
)

PLEURAL_THICKENING = Entity(
    "pleural thickening",
    "thickening",
    "pleura",
    60,
    "chronic",
    findings=(
        "There is {side} pleural thickening",
        "{side} pleural thickening is noted",
        "Blunting of the {side} costophrenic angle is in keeping with pleural thickening",
        "{side} basal pleural thickening or scarring",
    ),
    impressions=("{side} pleural thickening",),
    slots={"side": SIDES},
    changes=("stable",),
    contradicts=frozenset({"effusion"}),
)

TABLE: tuple[Entity, ...] = (EFFUSION, EFFUSIONS, PNEUMOTHORAX, PLEURAL_THICKENING)
