"""Tables: sentences about the image itself, which do not affect the impression."""

from __future__ import annotations

DISTRACTORS: tuple[str, ...] = (
    "Overlying monitoring leads are present",
    "EKG leads overlie the chest",
    "The patient is rotated",
    "The patient is slightly rotated to one side",
    "The examination is limited by body habitus",
    "The lateral view is limited by motion",
    "The extreme lung bases are excluded from the image",
    "Nipple shadows project over both lung bases",
    "Breast shadows overlie the lung bases",
    "The chin obscures the lung apices",
    "There is gaseous distention of the stomach",
    "Technically adequate study",
    "The study is of good quality",
    "External jewelry projects over the neck",
    "A skin fold projects over the chest",
    "The arms are not fully raised on the lateral view",
    "The exposure is satisfactory",
    "Clinical correlation is advised",
)
