"""Checks a draft against the findings that it was written for."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.checks import disagreements, flags, wording
from chalicelib.checks.critical import critical_finding
from chalicelib.checks.flags import Flag, Options
from chalicelib.checks.language import (
    MAX_FACTS,
    reason_not_to_check,
    reason_not_to_compare,
)
from chalicelib.checks.people import age_or_sex_mismatch
from chalicelib.checks.reading import Reading, read

DEFAULTS = Options()


def check(
    findings: str,
    draft: str,
    *,
    age: float | None = None,
    sex: str | None = None,
    options: Options = DEFAULTS,
) -> list[Flag]:
    """The flags of a draft, those that matter most first; none if nothing was found.

    A text that the rules cannot read, such as one in another language, gets `not_checked` with the
    reason, and no flag that might be wrong. It raises nothing, and its time is linear in the texts.

    Args:
        findings: the findings text.
        draft: the impression that a model wrote for it.
        age: of the patient in years, if known.
        sex: of the patient as HL7, FHIR or DICOM write it, if known ("F", "female").
        options: which checks run, and their thresholds.
    """
    order = {name: place for place, name in enumerate(flags.NAMES)}
    found = [
        flag for flag in _all(findings, draft, age, sex, options) if flag.name in options.checks
    ]
    return sorted(found, key=lambda flag: order[flag.name])


def _all(
    findings: str, draft: str, age: float | None, sex: str | None, options: Options
) -> Iterator[Flag]:
    for name, text in (("findings text", findings), ("draft", draft)):
        reason = reason_not_to_check(text)
        if reason is not None:
            yield Flag(flags.NOT_CHECKED, f"Not checked, because the {name} {reason}.")
            return
    ours, theirs = read(draft), read(findings)
    yield from wording.repeated_or_cut(ours)
    yield from wording.longer_than_findings(theirs, ours, options.longer_than)
    yield from age_or_sex_mismatch(theirs, ours, age, sex, options.age_tolerance)
    yield from compare(theirs, ours, options)


def compare(findings: Reading, draft: Reading, options: Options = DEFAULTS) -> Iterator[Flag]:
    """The flags of what two texts state, whichever checks `options` chooses, in no order.

    For many drafts of the same findings, so that each text is read only once.
    """
    yield from wording.number_not_in_findings(findings, draft)
    # Every fact of one text is compared with every one of the other: never with too many.
    few = max(len(findings.facts), len(draft.facts)) <= MAX_FACTS
    sided = list(disagreements.wrong_side(findings.facts, draft.facts)) if few else []
    yield from sided or disagreements.other_side_only(findings, draft)
    for name, reading in (("findings text", findings), ("draft", draft)):
        reason = reason_not_to_compare(reading.facts)
        if reason is not None:
            sentence = f"Its statements were not compared, because the {name} {reason}."
            yield Flag(flags.NOT_CHECKED, sentence)
            if reading is findings or reading.facts:
                return
    theirs, ours = findings.facts, draft.facts
    old = set(findings.old())
    to_mention = [fact for fact in theirs if fact not in old]
    contradicted = list(disagreements.contradicted(theirs, ours))
    yield from contradicted
    denied = {flag.draft_spans for flag in contradicted}
    for flag in disagreements.unsupported(theirs, ours):
        if flag.draft_spans not in denied:
            yield flag
    yield from disagreements.omitted(to_mention, ours, options.omitted_from)
    yield from disagreements.normal_draft(to_mention, ours)
    yield from disagreements.change_not_in_findings(theirs, ours, compared=findings.compares)
    yield from critical_finding(theirs, ours)
