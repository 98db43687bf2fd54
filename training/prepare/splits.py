"""Assigns groups of reports to splits, so that no patient and no findings are in two."""

from __future__ import annotations

import hashlib
import re

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


def split_of_group(
    key: bytes, reports: int, all_reports: int, seed: int, evaluation_share: float
) -> str:
    """The split of a group of reports that must stay together.

    A group that is larger than the whole evaluation set should be is for training: findings that
    many patients share can join most of a collection, and then a draw would decide everything.

    Args:
        key: identifies the group; the digest of the findings for a report alone.
        reports: how many different findings are in the group.
        all_reports: how many different findings there are.
        seed: of the draw.
        evaluation_share: 0 to 1.
    """
    if reports > 1 and reports > evaluation_share * all_reports:
        return TRAIN
    return split_of(key, seed, evaluation_share)
