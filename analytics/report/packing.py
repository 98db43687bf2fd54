"""Cases in the page script's format: short keys, and what occurs often stored once."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from analytics.report.spans import spans
from chalicelib.settings import DRAFT_CHECKS

Row = dict[str, Any]
T = TypeVar("T", bound=Hashable)

_SHORT = {"normal": "n", "abnormal": "a"}
_ID_DIGITS = 12


class Remark(NamedTuple):
    """One flag of a draft; those of its record have neither a sentence nor places."""

    flag: str
    sentence: str
    in_findings: str | None
    in_draft: str | None


class _Pool(Generic[T]):
    """Values that are stored once and referred to by their index."""

    def __init__(self, values: Iterable[T] = ()) -> None:
        self._indexes: dict[T, int] = {}
        for value in values:
            self.index(value)

    def index(self, value: T) -> int:
        """The index of a value, which is added if it is new."""
        return self._indexes.setdefault(value, len(self._indexes))

    @property
    def values(self) -> list[T]:
        """All values, by index."""
        return list(self._indexes)


class Packed:
    """Cases in the page script's format: what occurs in many of them is in a pool."""

    def __init__(self) -> None:
        self.models = _Pool[tuple[str, str]]()
        self.texts = _Pool[str]()
        self.flags = _Pool[str](DRAFT_CHECKS)
        self._ids = set[str]()

    def case(self, drafts: Sequence[Row]) -> Row:
        """One report with all its drafts, in the order of their roles."""
        first = drafts[0]
        findings = first["findings"] or ""
        compared = [one for one in drafts if one["clinical_f1"] is not None]
        return {
            "h": self._id(first["run_id"], first["record_index"]),
            "i": first["report_id"] or "",
            "d": first["dataset"] or "",
            "s": first["stratum"] or "",
            "a": short(compared[0]["facts_stratum"]) if compared else "",
            "k": self.texts.index(first["source_key"] or ""),
            "f": findings,
            "r": self.texts.index(first["reference_impression"] or ""),
            "m": [self._draft(one, findings) for one in drafts],
        }

    def _draft(self, row: Row, findings: str) -> list[Any]:
        text, clinical = row["generated_impression"] or "", _rounded(row["clinical_f1"])
        return [
            self.models.index(model(row)),
            _rounded(row["rouge1"]),
            self.texts.index(text),
            clinical,
            "" if clinical is None else short(row["draft_stratum"]),
            int(row["remarks"] is not None),
            [
                [
                    self.flags.index(name),
                    self.texts.index(sentence),
                    spans(in_findings, findings),
                    spans(in_draft, text),
                ]
                for name, sentence, in_findings, in_draft in remarks(row)
            ],
        ]

    def _id(self, run_id: str, record_index: int | None) -> str:
        """An id for links, the same in every page that has the case; not made from a report's."""
        digest = hashlib.sha256(f"{run_id}/{record_index}".encode()).hexdigest()[:_ID_DIGITS]
        number, found = 1, digest
        while found in self._ids:
            number += 1
            found = f"{digest}-{number}"
        self._ids.add(found)
        return found


def remarks(row: Row) -> Iterator[Remark]:
    """Name, sentence and places of a draft's flags; those of the record have only a name."""
    sentences = row["check_sentences"] or []
    columns = (row[name] or [] for name in ("indexes", "names", "in_findings", "in_draft"))
    checked = [one for one in zip(*columns, strict=True) if one[1] is not None]
    for index, name, in_findings, in_draft in checked:
        known = index is not None and 0 <= index < len(sentences)
        sentence = (sentences[index] or "") if known else ""
        yield Remark(name, sentence, in_findings, in_draft)
    names = {name for _, name, _, _ in checked}
    for name in row["flags"] or []:
        if name is not None and name not in names:
            yield Remark(name, "", None, None)


def model(row: Row) -> tuple[str, str]:
    """Role and version of the model that wrote a draft."""
    return row["model_role"] or "", row["model_version"] or ""


def short(stratum: str | None) -> str:
    """A stratum in the page's short form; empty if it is not known."""
    return _SHORT.get(stratum or "", "")


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 4)
