"""The status of a report: OBR-25 (HL7 table 0123), OBX-11 (0085), TXA-17 and TXA-19 (0271, 0273).

Spelt out in English or German too. A report that was cancelled, or never made, gets no draft. An
OBX that was deleted or cancelled is left out of the text; one that is a correction replaces no
other by itself, because nothing says which: the sender sends the corrected report whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.intake.hl7.syntax import Segment, SyntaxProblemError
from chalicelib.intake.record import Status

CANCELLED = "cancelled"
_PRELIMINARY, _FINAL, _CORRECTED = "preliminary", "final", "corrected"
_WORDS = {
    _PRELIMINARY: "preliminary prelim partial unverified pending vorläufig vorlaeufig vorbefund",
    _FINAL: "final finalized finalised verified complete completed endgültig endgueltig endbefund",
    _CORRECTED: "corrected correction amended addendum korrigiert korrektur",
    CANCELLED: "cancelled canceled deleted wrong retracted storniert gelöscht geloescht",
}
_BY_WORD = {word: status for status, words in _WORDS.items() for word in words.split()}
_REPORT = {
    **dict.fromkeys("PRASIOM", _PRELIMINARY),
    **dict.fromkeys("FUV", _FINAL),
    "C": _CORRECTED,
    **dict.fromkeys("XDWYZN", CANCELLED),
}
# In OBX-11, A and B add to a report that was final.
_OBSERVATION = {**_REPORT, "A": _CORRECTED, "B": _CORRECTED}
_DOCUMENT = {"DI": _PRELIMINARY, "DO": _PRELIMINARY, "IP": _PRELIMINARY, "IN": _PRELIMINARY}
_DOCUMENT |= {"PA": _PRELIMINARY, "AU": _FINAL, "LA": _FINAL}
_UNAVAILABLE = {"CA": CANCELLED, "OB": CANCELLED}


def of_observation(observation: Segment) -> str | None:
    """The status of an OBX; None if it has none.

    Raises:
        SyntaxProblemError: OBX-11 is no status.
    """
    return _read(observation, 11, _OBSERVATION)


def of_report(
    order: Segment | None, document: Segment | None, observations: Sequence[str | None]
) -> Status | None:
    """The status of a report; None if the message has none.

    Args:
        order: OBR.
        document: TXA.
        observations: the status of each OBX that holds text.

    Raises:
        SyntaxProblemError: the report is cancelled, or a status is unknown.
    """
    found = None
    if document is not None:
        if _UNAVAILABLE.get(document.value(19).strip().upper()) == CANCELLED:
            raise _cancelled(document, 19)
        found = _read(document, 17, _DOCUMENT)
    if order is not None and (of_order := _read(order, 25, _REPORT)) is not None:
        if of_order == CANCELLED:
            raise _cancelled(order, 25)
        found = of_order
    kept = [one for one in observations if one != CANCELLED]
    if observations and not kept:
        raise SyntaxProblemError("OBX-11", "all of the report is cancelled; no draft is made")
    if found is None and _PRELIMINARY in kept:
        return "preliminary"
    if found in (None, _FINAL) and _CORRECTED in kept:
        return "corrected"
    if found is None and _FINAL in kept:
        found = _FINAL
    statuses: dict[str | None, Status] = {
        _PRELIMINARY: "preliminary",
        _FINAL: "final",
        _CORRECTED: "corrected",
    }
    return statuses.get(found)


def _read(segment: Segment, field: int, codes: dict[str, str]) -> str | None:
    value = segment.value(field)
    if not value or value in codes:
        return codes.get(value)
    value = re.split(r"[\^&~]", value.strip("\x00\x1a \t\n"))[0].strip()
    if not value:
        return None
    status = codes.get(value.upper()) or _BY_WORD.get(value.casefold().split()[0])
    if status is None:
        raise SyntaxProblemError(segment.place(field), "is not a known status of a result")
    return status


def _cancelled(segment: Segment, field: int) -> SyntaxProblemError:
    return SyntaxProblemError(segment.place(field), "the report is cancelled; no draft is made")
