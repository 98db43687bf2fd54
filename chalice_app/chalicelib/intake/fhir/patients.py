"""A patient's age and sex: nothing else of a Patient is read."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Any

from chalicelib.intake.fhir.resources import Patient

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T.*)?)?)?", re.DOTALL)
# As HL7 v2 abbreviates them (table 0001): one form in the metadata, whatever the format.
_SEXES = {"female": "F", "male": "M", "other": "O", "unknown": "U"}
_OLDEST_YEARS = 125


def age_and_sex(patient: Patient, examined: str | None) -> dict[str, Any]:
    """The metadata `age`, in whole years, and `sex`, as far as they are known.

    The age is left out if the dates, which may be only a year or a month, allow two ages.

    Args:
        patient: with a birth date such as `1950`, `1950-06` or `1950-06-30`.
        examined: the date or time of the examination, in the same form.
    """
    found: dict[str, Any] = {}
    age = _age(patient.birth_date, examined)
    if age is not None:
        found["age"] = age
    sex = _SEXES.get((patient.gender or "").casefold())
    if sex is not None:
        found["sex"] = sex
    return found


def _age(born: str | None, examined: str | None) -> int | None:
    births, examinations = _range(born), _range(examined)
    if births is None or examinations is None:
        return None
    least = _years(births[1], examinations[0])
    most = _years(births[0], examinations[1])
    return least if least == most and 0 <= least <= _OLDEST_YEARS else None


def _years(start: date, end: date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def _range(text: str | None) -> tuple[date, date] | None:
    """The first and the last day that a date of FHIR may mean."""
    found = _DATE.fullmatch(text or "")
    if found is None:
        return None
    year, month, day = int(found[1]), found[2], found[3]
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            last = calendar.monthrange(year, int(month))[1]
            return date(year, int(month), 1), date(year, int(month), last)
        only = date(year, int(month), int(day))
    except ValueError:  # month 13, 30 February, year 0
        return None
    return only, only
