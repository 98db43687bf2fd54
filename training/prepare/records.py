"""Makes a report of one record: a row of a table, or an object of a JSON file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chalicelib.intake.free_text.sections import read_sections
from chalicelib.intake.record import MAX_REPORT_ID_CHARACTERS
from training.prepare.columns import Columns, Roles
from training.prepare.patients import Patients
from training.prepare.report import Pair, Report, is_text, of_sections, report, with_context


@dataclass(frozen=True)
class Reading:
    """How collections are read: the columns that the user named, and how patients are found."""

    columns: Columns = field(default_factory=Columns)
    patients: Patients = field(default_factory=Patients)


def read(values: Mapping[str, object], roles: Roles, fallback_id: str, reading: Reading) -> Report:
    """One report; what the roles do not name is never looked at.

    Args:
        values: the record; fields without a value are None, NaN or absent.
        roles: its columns.
        fallback_id: the id of a record that has none.
        reading: how patients are found.
    """
    found = (id_of(values.get(name)) for name in roles.ids)
    name = next((one for one in found if one), fallback_id)
    if roles.is_pair or roles.text is None:
        pair = report(name, _text(values, roles.findings), _text(values, roles.impression))
        # CheXpert Plus calls its columns section_indication and so on.
        made = with_context(
            pair, {key.casefold().removeprefix("section_"): one for key, one in values.items()}
        )
    else:
        made = of_sections(name, read_sections(_text(values, roles.text) or ""))
    if not isinstance(made, Pair):
        return made
    value = None if roles.patient is None else values.get(roles.patient)
    return replace(made, patient=reading.patients.of(name, value))


def id_of(value: object) -> str | None:
    """A report's id as text; None if the value is none: blank, NaN, too long, nested."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():  # an integer column that had a gap
        value = int(value)
    if not isinstance(value, str | int):
        return None
    text = str(value).strip()
    if not text.isprintable() or len(text) > MAX_REPORT_ID_CHARACTERS:
        return None
    return text if is_text(text) else None


def _text(values: Mapping[str, object], name: str | None) -> str | None:
    value = None if name is None else values.get(name)
    return value if isinstance(value, str) else None
