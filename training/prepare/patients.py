"""Finds out which patient a report is about, from its columns, its path or its id."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from training.errors import CollectionError
from training.prepare.report import is_text

# MIMIC-CXR (files/p10/p10000032/s50414267.txt) and CheXpert (patient00001/study1/…).
_FOLDER = re.compile(r"p\d{8}|patient\d+", re.IGNORECASE)
# The same patient is p10000032 in a path and 10000032 in a column.
_NUMBERED = re.compile(r"(?:patient|subject|p|s)?+[-_ ]?+(\d++)(?:\.0++)?+", re.IGNORECASE)


@dataclass(frozen=True)
class Patients:
    """How patients are found; `pattern` is searched in the path of a file or the id of a row."""

    pattern: re.Pattern[str] | None = None

    def of(self, place: str, value: object = None) -> str | None:
        """The patient of a report, or None.

        Args:
            place: the report's path within the collection, or its id in a table.
            value: what the table's column of patients contains.
        """
        if self.pattern is not None:
            found = self.pattern.search(place)
            return normalized(found[1] if self.pattern.groups else found[0]) if found else None
        if value is not None:
            return normalized(value)
        folders = PurePosixPath(place).parts[:-1]
        named = [part for part in folders if _FOLDER.fullmatch(part)]
        return normalized(named[-1]) if named else None


def pattern_of(text: str) -> re.Pattern[str]:
    """The compiled pattern of --patient-pattern.

    Raises:
        CollectionError: it is not a regular expression, or has several groups.
    """
    place = f"--patient-pattern {text}"
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise CollectionError(place, f"is not a regular expression ({error})") from None
    if pattern.groups > 1:
        problem = "has several groups; put the patient's id alone into one, (?:…) around others"
        raise CollectionError(place, problem)
    return pattern


def normalized(value: object) -> str | None:
    """One spelling of a patient's id; None if it is blank, masked or not a number or text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    if not is_text(text):
        return None
    number = _NUMBERED.fullmatch(text)
    return number[1].lstrip("0") or "0" if number else text.casefold()
