"""Builds invented HL7 messages: only what a case is about is written there."""

from __future__ import annotations

from collections.abc import Iterable

HEADER = r"MSH|^~\&|RIS|NORTH|EHR|SOUTH|20260105103000||ORU^R01|MSG1|P|2.5"
PATIENT = "PID|1||900417^^^NORTH^MR||QZNAME^ANNA||19600503|F"
COMMON = "ORC|RE|PL7|ACC7"
ORDER = "OBR|1|PL7|ACC7|71046^Chest two views^C4|||20260105091500" + "|" * 18 + "F"
FINDINGS = "59776-5^Findings^LN"
IMPRESSION = "19005-8^Impression^LN"
SEEN = "Heart size is normal. Lungs are clear."
CONCLUDED = "No acute disease."


def obx(text: str, code: str = FINDINGS, kind: str = "TX", status: str = "F", sub: str = "") -> str:
    """One OBX; its number does not matter to the reader."""
    return f"OBX|1|{kind}|{code}|{sub}|{text}||||||{status}"


def header(charset: str = "", kind: str = "ORU^R01", control_id: str = "MSG1") -> str:
    fields = f"MSH|^~\\&|RIS|NORTH|EHR|SOUTH|20260105103000||{kind}|{control_id}|P|2.5"
    return f"{fields}||||||{charset}" if charset else fields


def joined(segments: Iterable[str], end: str = "\r", encoding: str = "utf-8") -> bytes:
    return "".join(f"{segment}{end}" for segment in segments).encode(encoding)


def oru(
    *observations: str,
    head: str = HEADER,
    patient: str = PATIENT,
    common: str = COMMON,
    order: str = ORDER,
    end: str = "\r",
    encoding: str = "utf-8",
) -> bytes:
    """A message with one order."""
    before = (one for one in (head, patient, common, order) if one)
    return joined([*before, *observations], end, encoding)


def good(control_id: str = "MSG1", accession: str = "ACC7") -> bytes:
    """A message without any quirk."""
    return oru(
        obx(SEEN),
        obx(CONCLUDED, IMPRESSION),
        head=header(control_id=control_id),
        common=f"ORC|RE|PL7|{accession}",
        order=ORDER.replace("ACC7", accession),
    )


def block(message: bytes) -> bytes:
    """The message in MLLP."""
    return b"\x0b" + message + b"\x1c\r"
