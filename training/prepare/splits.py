"""Assigns groups of reports to splits, so that no patient and no findings are in two."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from training.prepare.index import Group, Index

TRAIN, VALIDATE, EVALUATION = "train", "validate", "evaluation"
# If a patient, or findings, are in several splits of a split file, the last of these wins: what
# is tested is never trained on.
SPLITS = (TRAIN, VALIDATE, EVALUATION)
_WHOLE = 1 << 64
_WORDS = re.compile(r"[^\W_]++")


def digest(findings: str) -> bytes:
    """Sixteen bytes that identify a findings text, ignoring case, layout and punctuation."""
    words = _WORDS.findall(findings.casefold())
    return hashlib.sha256(" ".join(words).encode()).digest()[:16]


def split_of(key: bytes, seed: int, evaluation_share: float) -> str:
    """The split of a key: the same on every machine and in any reading order."""
    drawn = hashlib.sha256(seed.to_bytes(8, "big", signed=True) + key).digest()[:8]
    share = int.from_bytes(drawn, "big") / _WHOLE
    return EVALUATION if share < evaluation_share else TRAIN


@dataclass(frozen=True)
class Draw:
    """How groups of reports that must stay together are drawn.

    A group that is larger than the whole evaluation set should be is for training: findings that
    many patients share can join most of a collection, and then one draw would decide everything.
    The other groups are drawn with a share that makes up for it.
    """

    seed: int
    share: float
    most: float

    @classmethod
    def of(cls, index: Index, seed: int, evaluation_share: float) -> Draw:
        """The draw for all reports in the index; `evaluation_share` is 0 to 1."""
        everything = index.groups().findings
        most = evaluation_share * everything
        others = everything - index.findings_in_groups_above(most)
        return cls(
            seed, min(1.0, evaluation_share * (everything / others)) if others else 0.0, most
        )

    def split_of(self, group: Group) -> str:
        """The split of a group."""
        if group.findings > 1 and group.findings > self.most:
            return TRAIN
        return split_of(group.key, self.seed, self.share)
