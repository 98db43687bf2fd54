"""Which column, or field, of a collection contains what: by its name, or as the user says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

# Names as `plain` writes them, the preferred first where only one of several is used.
FINDINGS = ("findings", "finding", "sectionfindings", "findingssection", "reportfindings")
IMPRESSION = (
    *("impression", "impressions", "sectionimpression", "impressionsection", "reportimpression"),
    *("conclusion", "conclusions"),
)
TEXT = ("report", "text", "reporttext", "fullreport", "freetext", "radiologyreport")
IDS = ("reportid", "studyid", "id", "uid", "noteid", "studyinstanceuid")
PATIENTS = ("subjectid", "patientid", "deidpatientid")

OPTIONS = {
    "findings": "--findings-column",
    "impression": "--impression-column",
    "text": "--report-column",
    "report_id": "--id-column",
    "patient": "--patient-column",
}
NAMES_SHOWN = 12
# Only what looks like a name is repeated in an error: without a header, the first line is data.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,39}")


@dataclass(frozen=True)
class Columns:
    """The columns that the user names; None: by their known names."""

    findings: str | None = None
    impression: str | None = None
    text: str | None = None
    report_id: str | None = None
    patient: str | None = None


@dataclass(frozen=True)
class Roles:
    """The columns of one table. `ids` are tried in this order until one has a value."""

    findings: str | None = None
    impression: str | None = None
    text: str | None = None
    ids: tuple[str, ...] = ()
    patient: str | None = None

    @property
    def is_pair(self) -> bool:
        """Whether findings and impression have columns of their own."""
        return self.findings is not None and self.impression is not None

    @property
    def is_usable(self) -> bool:
        """Whether reports can be read from these columns."""
        return self.is_pair or self.text is not None


class ColumnsError(ValueError):
    """Two columns could both be the one that is needed, or a named one does not exist.

    `is_missing`: the user named a column that this table does not have.
    """

    def __init__(self, problem: str, *, is_missing: bool = False) -> None:
        """Say what is wrong and which option decides."""
        super().__init__(problem)
        self.is_missing = is_missing


def plain(name: str) -> str:
    """A name without case, spaces and punctuation: `Section_Findings` is `sectionfindings`."""
    return "".join(filter(str.isalnum, name.casefold()))


@lru_cache(maxsize=256)
def resolve(names: tuple[str, ...], chosen: Columns) -> Roles:
    """The roles of a table's columns.

    Raises:
        ColumnsError: two columns could both be the findings, the impression or the report, or
            a column that the user named does not exist.
    """
    named = {
        one.name: _named(names, one.name, getattr(chosen, one.name)) for one in fields(Columns)
    }
    findings = named["findings"] or _only(names, FINDINGS, "findings")
    impression = named["impression"] or _only(names, IMPRESSION, "impression")
    text = named["text"]
    if text is None and not (findings and impression):
        text = _only(names, TEXT, "text")
    if named["text"] is not None:  # the user decided for free text
        findings, impression = named["findings"], named["impression"]
    ids = (named["report_id"],) if named["report_id"] else tuple(_known(names, IDS))
    patient = named["patient"] or next(iter(_known(names, PATIENTS)), None)
    return Roles(findings, impression, text, ids, patient)


def listed(names: Sequence[str]) -> str:
    """The names of columns for an error, or only their number if they may be report text."""
    if len(names) < 2 or len(set(names)) < len(names) or not all(map(_NAME.fullmatch, names)):  # noqa: PLR2004  # one word alone may be text
        return f"it has {len(names)} column{'s' * (len(names) != 1)}"
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return f"its columns are {', '.join(names[:NAMES_SHOWN])}{more}"


def missing(roles: Roles) -> str:
    """What a table lacks, and the options that name it."""
    if roles.findings is not None:
        return f"has no column for the impression; name it with {OPTIONS['impression']}"
    if roles.impression is not None:
        return f"has no column for the findings; name it with {OPTIONS['findings']}"
    return (
        "has no columns for findings and impression; name them with"
        f" {OPTIONS['findings']} and {OPTIONS['impression']}, or a column of whole reports with"
        f" {OPTIONS['text']}"
    )


def _named(names: tuple[str, ...], role: str, wanted: str | None) -> str | None:
    if wanted is None:
        return None
    alike = [name for name in names if name == wanted]
    alike = alike or [name for name in names if plain(name) == plain(wanted)]
    if len(alike) > 1:
        raise ColumnsError(f"has {len(alike)} columns named {wanted!r}; rename all but one")
    if alike:
        return alike[0]
    raise ColumnsError(
        f"has no column {wanted!r} ({OPTIONS[role]}); {listed(names)}", is_missing=True
    )


def _known(names: tuple[str, ...], known: tuple[str, ...]) -> list[str]:
    by_plain: dict[str, list[str]] = {}
    for name in names:
        by_plain.setdefault(plain(name), []).append(name)
    return [name for one in known for name in by_plain.get(one, ())]


def _only(names: tuple[str, ...], known: tuple[str, ...], role: str) -> str | None:
    found = _known(names, known)
    if len(found) > 1:
        what = {"text": "report"}.get(role, role)
        raise ColumnsError(
            f"has {len(found)} columns that could be the {what} ({', '.join(found)}); choose one"
            f" with {OPTIONS[role]}"
        )
    return found[0] if found else None
