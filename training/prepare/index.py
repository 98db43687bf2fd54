"""Which findings and patients belong together, on disk: memory does not grow with the collection.

Findings and patients are nodes; a report joins the node of its findings with that of its patient
(union-find, by size and with path halving, in SQLite). Nothing in it is text: findings and
patients are digests.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from training.prepare.scratch_base import ScratchBase

_TABLES = """
CREATE TABLE node (
    id INTEGER PRIMARY KEY,
    key BLOB UNIQUE,           -- digest, with F for findings or P for a patient before it
    parent INTEGER,            -- itself, if it is the root of its group
    split INTEGER,             -- the last split that any of its reports is in
    impression BLOB,           -- findings: the digest of the first impression
    contradicted INTEGER DEFAULT 0, -- findings: whether another impression came later
    written INTEGER DEFAULT 0, -- findings: whether a report with them was written
    least BLOB,                -- root: the least patient of the group, or the findings' digest
    findings INTEGER,          -- root: how many findings are in the group
    patients INTEGER           -- root: how many patients
);
"""
_DIGEST_BYTES = 16


@dataclass(frozen=True)
class Group:
    """Reports that must be in one split: its key, and how many findings and patients it has."""

    key: bytes
    findings: int
    patients: int


@dataclass(frozen=True)
class Groups:
    """All groups: how many findings, patients, groups of several patients, and the largest."""

    findings: int
    patients: int
    joined: int
    largest: Group


class Index(ScratchBase):
    """The index of one run."""

    def __init__(self, path: Path) -> None:
        """Start empty."""
        super().__init__(path, _TABLES)

    def add(
        self, findings: bytes, patient: str | None, split: int = 0, impression: bytes = b""
    ) -> bool:
        """Record a report; returns whether its findings came with another impression before.

        Args:
            findings: the digest of its findings.
            patient: whom it is about; None if it is not known.
            split: the number of its split, if it has one; of several, the largest counts.
            impression: the digest of its impression.
        """
        text = self._node(b"F" + findings, findings, split)
        if patient is not None:
            digest = _digest(patient)
            self._join(text, self._node(b"P" + digest, digest, split))
        query = "SELECT impression FROM node WHERE id = ?"
        (first,) = self._base.execute(query, (text,)).fetchone()
        if first is None:
            self._base.execute("UPDATE node SET impression = ? WHERE id = ?", (impression, text))
            return False
        if first == impression:
            return False
        self._base.execute("UPDATE node SET contradicted = 1 WHERE id = ?", (text,))
        return True

    def is_contradicted(self, findings: bytes) -> bool:
        """Whether these findings came with several impressions."""
        found = self._base.execute(
            "SELECT contradicted FROM node WHERE key = ?", (b"F" + findings,)
        ).fetchone()
        return bool(found[0])

    def group(self, findings: bytes) -> Group:
        """The group of findings that were added."""
        root = self._root(self._id(b"F" + findings))
        found = self._base.execute(
            "SELECT least, findings, patients FROM node WHERE id = ?", (root,)
        ).fetchone()
        return Group(*found)

    def splits(self, findings: bytes, patient: str | None) -> tuple[int, int]:
        """The last split that reports with these findings are in, and that of this patient."""
        of_findings = self._split(b"F" + findings)
        if patient is None:
            return of_findings, 0
        return of_findings, self._split(b"P" + _digest(patient))

    def is_first(self, findings: bytes) -> bool:
        """Whether no report with these findings was written yet; from now on, one is."""
        done = self._base.execute(
            "UPDATE node SET written = 1 WHERE key = ? AND NOT written", (b"F" + findings,)
        )
        return done.rowcount == 1

    def groups(self) -> Groups:
        """The figures of all groups."""
        findings, patients, joined = self._base.execute(
            "SELECT coalesce(sum(findings), 0), coalesce(sum(patients), 0),"
            " coalesce(sum(patients > 1), 0) FROM node WHERE parent = id"
        ).fetchone()
        largest = self._base.execute(
            "SELECT least, findings, patients FROM node WHERE parent = id"
            " ORDER BY findings DESC, patients DESC LIMIT 1"
        ).fetchone()
        return Groups(findings, patients, joined, Group(*(largest or (b"", 0, 0))))

    def findings_in_groups_above(self, size: float) -> int:
        """How many findings are in groups of more than `size`, and of more than one."""
        (found,) = self._base.execute(
            "SELECT coalesce(sum(findings), 0) FROM node"
            " WHERE parent = id AND findings > 1 AND findings > ?",
            (size,),
        ).fetchone()
        return int(found)

    def _node(self, key: bytes, digest: bytes, split: int) -> int:
        of_findings = key.startswith(b"F")
        self._base.execute(
            "INSERT INTO node (key, split, least, findings, patients) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET split = max(split, excluded.split)",
            (key, split, digest, int(of_findings), int(not of_findings)),
        )
        self._base.execute("UPDATE node SET parent = id WHERE key = ? AND parent IS NULL", (key,))
        return self._id(key)

    def _id(self, key: bytes) -> int:
        return int(self._base.execute("SELECT id FROM node WHERE key = ?", (key,)).fetchone()[0])

    def _split(self, key: bytes) -> int:
        return int(self._base.execute("SELECT split FROM node WHERE key = ?", (key,)).fetchone()[0])

    def _root(self, node: int) -> int:
        while True:
            parent, above = self._base.execute(
                "SELECT a.parent, b.parent FROM node a JOIN node b ON b.id = a.parent"
                " WHERE a.id = ?",
                (node,),
            ).fetchone()
            if parent == node:
                return node
            if parent != above:
                self._base.execute("UPDATE node SET parent = ? WHERE id = ?", (above, node))
            node = above

    def _join(self, one: int, other: int) -> None:
        first, second = self._root(one), self._root(other)
        if first == second:
            return
        columns = "SELECT least, findings, patients FROM node WHERE id = ?"
        a = Group(*self._base.execute(columns, (first,)).fetchone())
        b = Group(*self._base.execute(columns, (second,)).fetchone())
        if a.findings + a.patients < b.findings + b.patients:
            first, second = second, first
        # Patients alone name a group that has some: one more report of theirs changes no draw.
        keys = [group.key for group in (a, b) if group.patients] or [a.key, b.key]
        self._base.execute("UPDATE node SET parent = ? WHERE id = ?", (first, second))
        self._base.execute(
            "UPDATE node SET least = ?, findings = ?, patients = ? WHERE id = ?",
            (min(keys), a.findings + b.findings, a.patients + b.patients, first),
        )


def _digest(patient: str) -> bytes:
    return hashlib.sha256(patient.encode("utf-8", "surrogatepass")).digest()[:_DIGEST_BYTES]
