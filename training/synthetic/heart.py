"""Tables: what the heart, the mediastinum and the upper abdomen can show."""

from __future__ import annotations

from training.synthetic.report import Entity

CARDIOMEGALY = Entity(
    "cardiomegaly",
    "cardiomegaly",
    "heart",
    25,
    "chronic",
    findings=(
        "There is {severity} cardiomegaly",
        "The heart is {adverb} enlarged",
        "{severity} enlargement of the cardiac silhouette",
        "The cardiac silhouette is {adverb} enlarged",
        "Heart size is {adverb} enlarged",
        "{severity} cardiomegaly is present",
        "Cardiomediastinal silhouette is {adverb} enlarged",
        "{severity} cardiomegaly",
    ),
    impressions=("{severity} cardiomegaly",),
    slots={"severity": ("mild", "mild", "moderate", "severe")},
    changes=("stable", "stable", "worse"),
)

CARDIOMEGALY_UNGRADED = Entity(
    "ungraded cardiomegaly",
    "cardiomegaly",
    "heart",
    25,
    "chronic",
    findings=(
        "The heart is enlarged",
        "The cardiac silhouette is enlarged",
        "Cardiomegaly is present",
        "Heart size is increased",
        "Cardiomegaly",
        "The heart size is above the upper limit of normal",
    ),
    impressions=("cardiomegaly",),
    changes=("stable", "worse"),
)

BORDERLINE_HEART = Entity(
    "borderline heart",
    "cardiomegaly",
    "heart",
    90,
    "incidental",
    findings=(
        "Heart size is at the upper limits of normal",
        "The heart is borderline in size",
        "Borderline heart size",
    ),
)

TORTUOUS_AORTA = Entity(
    "tortuous aorta",
    "aorta",
    "mediastinum",
    90,
    "incidental",
    contradicts=frozenset({"trachea"}),
    findings=(
        "The thoracic aorta is tortuous",
        "The aorta is unfolded and calcified",
        "Atherosclerotic calcification of the aortic arch",
        "The aorta is mildly tortuous",
        "Calcified aortic knob",
        "There are vascular calcifications of the aorta",
        "The trachea deviates mildly because of the aortic arch",
        "Prominent epicardial fat pad",
    ),
)

HIATAL_HERNIA = Entity(
    "hiatal hernia",
    "hernia",
    "mediastinum",
    55,
    "chronic",
    findings=(
        "There is a {severity} hiatal hernia",
        "A retrocardiac air-fluid level is consistent with a {severity} hiatal hernia",
        "{severity} hiatal hernia is noted",
        "Rounded retrocardiac density reflects a {severity} hiatal hernia",
    ),
    impressions=("{severity} hiatal hernia",),
    slots={"severity": ("small", "moderate", "large")},
    changes=("stable",),
)

HILAR_PROMINENCE = Entity(
    "hilar enlargement",
    "hila",
    "mediastinum",
    18,
    "acute",
    findings=(
        "The {side} hilum is enlarged",
        "There is fullness of the {side} hilum",
        "{side} hilar prominence is noted",
        "{side} hilar enlargement is present",
    ),
    impressions=("{side} hilar enlargement, recommend chest CT",),
    slots={"side": ("left", "right")},
    changes=("new", "stable"),
)

FREE_AIR = Entity(
    "free air",
    "free air",
    "abdomen",
    1,
    "acute",
    findings=(
        "There is free air beneath the {side} hemidiaphragm",
        "Lucency under the {side} hemidiaphragm is consistent with free intraperitoneal air",
        "Free gas is seen under the {side} hemidiaphragm",
    ),
    impressions=("free intraperitoneal air under the {side} hemidiaphragm",),
    slots={"side": ("right", "right", "left")},
    changes=("new",),
)

RAISED_DIAPHRAGM = Entity(
    "raised hemidiaphragm",
    "diaphragm",
    "abdomen",
    58,
    "chronic",
    findings=(
        "There is elevation of the {side} hemidiaphragm",
        "The {side} hemidiaphragm is elevated",
        "{side} hemidiaphragm elevation is noted",
        "Elevated {side} hemidiaphragm",
    ),
    impressions=("elevated {side} hemidiaphragm",),
    slots={"side": ("right", "right", "left")},
    changes=("stable",),
)

TABLE: tuple[Entity, ...] = (
    CARDIOMEGALY,
    CARDIOMEGALY_UNGRADED,
    BORDERLINE_HEART,
    TORTUOUS_AORTA,
    HIATAL_HERNIA,
    HILAR_PROMINENCE,
    FREE_AIR,
    RAISED_DIAPHRAGM,
)
