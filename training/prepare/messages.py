"""Reads HL7 v2 messages and FHIR resources: the reports in them, as the functions read them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec

from chalicelib.errors import FileRejectedError, RecordRejectedError
from chalicelib.intake import forms
from chalicelib.intake.fhir import frame_content
from chalicelib.intake.frames import Form, Frame
from chalicelib.intake.hl7.messages import message_of
from training.prepare.items import Item
from training.prepare.records import Reading
from training.prepare.report import (
    LONGEST_CHARACTERS,
    LeftOut,
    Pair,
    Reason,
    Report,
    report,
    with_context,
)
from training.prepare.texts import rejected, stream

_HASH_CHARACTERS = 16
_PATIENT_ID = 3  # PID-3


def form_of(head: bytes) -> Form | None:
    """The form of a text that is HL7 or FHIR; None for all else."""
    if not head.lstrip().startswith((*forms.HL7_STARTS, b"{")):
        return None
    try:
        form = forms.detect(head)
    except FileRejectedError:
        return None
    return form if form in (*forms.HL7, *forms.FHIR) else None


def read_messages(item: Item, form: Form, reading: Reading) -> Iterator[Report]:
    """Every report of a file, with the hash of its patient's number.

    Raises:
        CollectionError: the file is damaged.
    """
    try:
        for found in forms.frame(iter(stream(item.file)), form):
            yield _report(found, form, item, reading)
    except FileRejectedError as error:
        raise rejected(error, item.place) from None


def _report(found: Frame, form: Form, item: Item, reading: Reading) -> Report:
    name = item.path.name
    try:
        read = forms.read(form, found, item.path.stem, LONGEST_CHARACTERS, name)
    except RecordRejectedError as error:
        reason: Reason = "no findings" if "no findings" in str(error) else "unreadable"
        return LeftOut(error.report_id or f"{item.path.stem}-{found.index}", reason)
    made = with_context(report(read.report_id, read.findings, read.impression), read.metadata or {})
    if not isinstance(made, Pair) or found.data is None:
        return made
    number = _number(form, found)
    # The number itself goes no further: the same patient has the same hash.
    patient = reading.patients.of(str(item.path))
    if number and reading.patients.pattern is None:
        patient = hashlib.sha256(number.encode()).hexdigest()[:_HASH_CHARACTERS]
    return replace(made, patient=patient)


def _number(form: Form, found: Frame) -> str:
    """What identifies the patient in a report that has been read; empty if nothing does."""
    if form in forms.HL7:
        message = message_of(found.data or b"")
        patient = message.first("PID")
        value = "" if patient is None else patient.value(_PATIENT_ID)
        return value.split(message.separators.repetition)[0].strip()
    resource: dict[str, Any] = msgspec.json.decode(frame_content.read(found).report.raw)
    subject = resource.get("subject")
    reference = subject.get("reference") if isinstance(subject, dict) else None
    return reference if isinstance(reference, str) and not reference.startswith("#") else ""
