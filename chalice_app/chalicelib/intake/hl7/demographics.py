"""Age and sex of the patient: all that is read of PID. The date of birth goes no further."""

from __future__ import annotations

import re

from chalicelib.intake.hl7.syntax import Segment

_DATE = re.compile(r"([0-9]{4})(?:-?([0-9]{2})(?:-?([0-9]{2}))?)?")
_OLDEST = 125
# HL7 table 0001, and what is sent in its place.
_SEXES = {one: one for one in "FMOUAN"} | {"W": "F", "D": "O", "X": "O"}
_SEXES |= {"FEMALE": "F", "MALE": "M", "OTHER": "O", "UNKNOWN": "U", "WEIBLICH": "F"}
_SEXES |= {"MÄNNLICH": "M", "DIVERS": "O"}

_Date = tuple[int, int, int]


def demographics(patient: Segment | None, when: str) -> dict[str, int | str]:
    """`age` in full years at the time `when` (an HL7 timestamp) and `sex`, as far as known.

    An age that PID-7 leaves open, such as from a year alone, is left out.
    """
    if patient is None:
        return {}
    found: dict[str, int | str] = {}
    age = _age(patient.value(7), when)
    if age is not None:
        found["age"] = age
    sex = _SEXES.get(re.split(r"[\^&~]", patient.value(8))[0].strip().upper())
    if sex is not None:
        found["sex"] = sex
    return found


def _age(birth: str, when: str) -> int | None:
    born, now = _dates(birth), _dates(when)
    if born is None or now is None:
        return None
    (first_born, last_born), (first_now, last_now) = born, now
    least, most = _years(last_born, first_now), _years(first_born, last_now)
    return least if least == most and 0 <= least <= _OLDEST else None


def _dates(stamp: str) -> tuple[_Date, _Date] | None:
    """The first and last day that a timestamp of any precision may mean (2A.89)."""
    found = _DATE.match(stamp.strip())
    if found is None:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if not year or month > 12 or day > 31:  # noqa: PLR2004  # months, days
        return None
    return (year, month or 1, day or 1), (year, month or 12, day or 31)


def _years(born: _Date, now: _Date) -> int:
    return now[0] - born[0] - (now[1:] < born[1:])
