"""Whether the texts speak of a patient of another age or sex."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from chalicelib.checks import flags
from chalicelib.checks.flags import Flag, Span
from chalicelib.checks.reading import Reading

Sex = Literal["male", "female"]

_AGE = re.compile(r"\b(\d{1,3})[ -]?(?:year|yr|y)s?(?:[ -]old|/o\b|\.o\b|o\b)", re.IGNORECASE)
_MONTHS = re.compile(r"\b(\d{1,3})[ -]?(month|week|day)s?[ -]old\b", re.IGNORECASE)
_A_YEAR: dict[str, float] = {"month": 12, "week": 52, "day": 365}
_YOUNG = frozenset({"newborn", "neonate", "infant", "toddler"})
# "HER2" is no word of this kind.
_WORD = re.compile(r"\b[^\W\d_]++\b")
_SEXES: dict[str, Sex] = {
    **dict.fromkeys(("male", "man", "gentleman", "boy"), "male"),
    **dict.fromkeys(("prostate", "prostatic", "testicular", "penile"), "male"),
    **dict.fromkeys(("female", "woman", "lady", "girl", "her", "she"), "female"),
    **dict.fromkeys(("uterus", "uterine", "ovarian", "ovary", "hysterectomy"), "female"),
    **dict.fromkeys(("pregnant", "gravid", "pregnancy"), "female"),
}
_CODES: dict[str, Sex] = {"m": "male", "male": "male", "f": "female", "female": "female"}


class Said(NamedTuple):
    """What a text says of the patient, with its places."""

    ages: list[tuple[float, Span]]
    sexes: list[tuple[Sex, Span]]


def known_sex(code: str | None) -> Sex | None:
    """The sex that a code of HL7, FHIR or DICOM names; None for others ("O", "unknown")."""
    return _CODES.get(code.strip().lower()) if code else None


def age_or_sex_mismatch(
    findings: Reading, draft: Reading, age: float | None, sex: str | None, tolerance: float
) -> Iterator[Flag]:
    """An age or sex in a text that the metadata, or the other text, gives otherwise."""
    ours, theirs = _said(draft.text), _said(findings.text)
    yield from _sexes(ours, theirs, known_sex(sex))
    yield from _ages(ours, theirs, age, tolerance)


def _said(text: str) -> Said:
    ages = [(float(found[1]), found.span()) for found in _AGE.finditer(text)]
    ages += [
        (float(found[1]) / _A_YEAR[found[2].lower()], found.span())
        for found in _MONTHS.finditer(text)
    ]
    sexes: list[tuple[Sex, Span]] = []
    for found in _WORD.finditer(text):
        word = found.group().lower()
        if word in _SEXES:
            sexes.append((_SEXES[word], found.span()))
        elif word in _YOUNG:
            ages.append((0.5, found.span()))
    return Said(ages, sexes)


def _sexes(ours: Said, theirs: Said, sex: Sex | None) -> Iterator[Flag]:
    if sex is not None:
        wrong = [tuple(span for said, span in one.sexes if said != sex) for one in (theirs, ours)]
        sentence = f"The patient is {sex}, the text speaks of the other sex."
    else:
        known = {said for said, _ in theirs.sexes}
        differ = [span for said, span in ours.sexes if known and said not in known]
        wrong = [tuple(span for _, span in theirs.sexes) if differ else (), tuple(differ)]
        sentence = "Findings and draft speak of different sexes."
    if any(wrong):
        yield Flag(flags.AGE_OR_SEX_MISMATCH, sentence, wrong[0], wrong[1])


def _ages(ours: Said, theirs: Said, age: float | None, tolerance: float) -> Iterator[Flag]:
    if age is not None:
        wrong = [
            tuple(span for said, span in one.ages if abs(said - age) > tolerance + 1)
            for one in (theirs, ours)
        ]
        sentence = f"The patient is {age:g} years old, the text says otherwise."
    else:
        differ = [
            span
            for said, span in ours.ages
            if theirs.ages and all(abs(said - one) > tolerance for one, _ in theirs.ages)
        ]
        wrong = [tuple(span for _, span in theirs.ages) if differ else (), tuple(differ)]
        sentence = "Findings and draft give different ages."
    if any(wrong):
        yield Flag(flags.AGE_OR_SEX_MISMATCH, sentence, wrong[0], wrong[1])
