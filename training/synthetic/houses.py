"""Reporting habits: a house always uses the same wording, order and closing line.

Radiologists have habits, and a small model can learn an impression's exact words only if the
findings reveal the habit. Each house therefore has its own normal sentence and style of findings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from training.synthetic.report import Region

Form = Literal["prose", "lines", "numbered", "headed"]

LUNGS_FIRST: tuple[Region, ...] = (
    "devices",
    "lungs",
    "pleura",
    "heart",
    "mediastinum",
    "bones",
    "abdomen",
)
HEART_FIRST: tuple[Region, ...] = (
    "heart",
    "mediastinum",
    "lungs",
    "pleura",
    "bones",
    "abdomen",
    "devices",
)


@dataclass(frozen=True)
class House:
    """One house style.

    `habit` picks the preferred variants in the tables of normal sentences, `forms` the section
    styles, `share` the relative frequency.
    """

    name: str
    share: int
    habit: int
    normal_line: str
    order: tuple[Region, ...]
    forms: tuple[Form, ...] = ("prose",)
    british: bool = False
    terse: bool = False
    numbers_impression: bool = False
    upper_case: bool = False
    views: float = 0.3
    chronic_line: str = ""

    @property
    def no_acute_line(self) -> str:
        """The first line of an impression in which all other lines describe old findings."""
        return self.chronic_line or self.normal_line


HOUSES: tuple[House, ...] = (
    House(
        "university",
        30,
        0,
        "No acute cardiopulmonary abnormality.",
        LUNGS_FIRST,
        forms=("prose", "prose", "prose", "lines"),
        views=0.45,
    ),
    House(
        "county",
        20,
        1,
        "No acute cardiopulmonary process.",
        HEART_FIRST,
        numbers_impression=True,
        views=0.25,
    ),
    House(
        "emergency",
        14,
        2,
        "No acute cardiopulmonary abnormality.",
        HEART_FIRST,
        terse=True,
        views=0.1,
    ),
    House(
        "structured",
        10,
        3,
        "No acute cardiopulmonary findings.",
        LUNGS_FIRST,
        forms=("headed",),
        numbers_impression=True,
        views=0.1,
    ),
    House(
        "infirmary",
        12,
        4,
        "Normal chest radiograph.",
        HEART_FIRST,
        british=True,
        views=0.1,
        chronic_line="No acute abnormality.",
    ),
    House(
        "clinic",
        8,
        5,
        "No acute disease.",
        HEART_FIRST,
        terse=True,
        forms=("prose", "prose", "numbered"),
        views=0.15,
    ),
    House(
        "general",
        8,
        6,
        "No acute intrathoracic abnormality.",
        LUNGS_FIRST,
        british=True,
        forms=("prose", "numbered", "lines"),
        numbers_impression=True,
        views=0.2,
    ),
    House(
        "night",
        3,
        7,
        "No acute cardiopulmonary disease.",
        LUNGS_FIRST,
        terse=True,
        upper_case=True,
        views=0.2,
    ),
)
