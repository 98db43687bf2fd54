"""The members of FHIR resources that are read, for R4 and R5; all others are ignored.

A null where FHIR allows one value is read as absent, as several senders write it.
"""

from __future__ import annotations

import msgspec


class Resource(msgspec.Struct, rename="camel"):
    """What every resource or data type is based on here: FHIR writes names in camel case."""


class Coding(Resource):
    """A code of a code system."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(Resource):
    """Codes of one meaning, and text."""

    coding: list[Coding] | None = None
    text: str | None = None


class Identifier(Resource):
    """A business identifier."""

    type: CodeableConcept | None = None
    value: str | None = None


class Reference(Resource):
    """A literal reference, or a logical one by identifier."""

    reference: str | None = None
    identifier: Identifier | None = None


class CodeableReference(Resource):
    """R5: a concept or a reference."""

    concept: CodeableConcept | None = None


class Attachment(Resource):
    """A text or file: base64 in `data`, or elsewhere at `url`."""

    content_type: str | None = None
    data: str | None = None
    url: str | None = None


class Narrative(Resource):
    """XHTML."""

    div: str | None = None


class Annotation(Resource):
    """A comment."""

    text: str | None = None


class Period(Resource):
    """From `start` on."""

    start: str | None = None


class Quantity(Resource):
    """A number as it is written, with its unit."""

    value: msgspec.Raw = msgspec.Raw()
    comparator: str | None = None
    unit: str | None = None
    code: str | None = None


class Component(Resource):
    """A part of an Observation."""

    code: CodeableConcept | None = None
    value_string: str | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_quantity: Quantity | None = None
    value_integer: int | None = None


class Observation(Component):
    """A section of a report, or one finding."""

    status: str | None = None
    category: list[CodeableConcept] | None = None
    note: list[Annotation] | None = None
    component: list[Component] | None = None
    has_member: list[Reference] | None = None


class Patient(Resource):
    """Only what age and sex need."""

    gender: str | None = None
    birth_date: str | None = None


class ServiceRequest(Resource):
    """The order."""

    identifier: list[Identifier] | None = None
    reason_code: list[CodeableConcept] | None = None
    reason: list[CodeableReference] | None = None


class Section(Resource):
    """A section of a Composition."""

    title: str | None = None
    code: CodeableConcept | None = None
    text: Narrative | None = None
    section: list[Section] | None = None


class Composition(Resource):
    """The sections of a document."""

    status: str | None = None
    section: list[Section] | None = None


class ReportIds(Resource):
    """What names a report. Some senders write `identifer`, or one object instead of an array."""

    id: str | None = None
    identifier: list[Identifier] | Identifier | None = None
    identifer: list[Identifier] | Identifier | None = None
    based_on: list[Reference] | None = None


class DiagnosticReport(ReportIds):
    """A report."""

    status: str | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    issued: str | None = None
    result: list[Reference] | None = None
    contained: list[msgspec.Raw] | None = None
    composition: Reference | None = None
    conclusion: str | None = None
    presented_form: list[Attachment] | None = None
    text: Narrative | None = None


class Kind(Resource):
    """What any resource says of itself."""

    resource_type: str | None = None
    id: object = None

    @property
    def name(self) -> str | None:
        """The id, if it is one."""
        return self.id if isinstance(self.id, str) else None


class Entry(Resource):
    """An entry of a Bundle."""

    full_url: str | None = None
    resource: msgspec.Raw = msgspec.Raw()


class Bundle(Resource):
    """A frame: one report with what it refers to, or what `bundles` refused."""

    entry: list[Entry] | None = None
    refused: str | None = None
    position: int | None = None
