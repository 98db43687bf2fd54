"""The paired permutation test of the page's differences (ADR 31)."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from analytics.report.statistics import CHUNK, MOST, Floats, divided, draws

FLIPS = 9999
_EXACT = 12  # pairs, up to which all 2**n signs are tried
_EQUAL = 1e-9  # sums this near are equal: the order of addition changes the last bits


def p_values(differences: Floats, label: str) -> list[float | None]:
    """Two-sided p of "both are equally good", for columns of paired differences (n x k, or NaN).

    Paired permutation test: within a pair, which of the two scores is whose is exchanged, so a
    difference changes its sign. Exact up to 12 pairs; otherwise with 9,999 random exchanges, and
    p = (1 + those at least as extreme) / 10,000 (Phipson and Smyth 2010); None without a pair.
    """
    there = ~np.isnan(differences)
    counts = there.sum(axis=0)
    signed = np.where(there, differences, 0.0)
    sums = np.abs(signed.sum(axis=0))
    margin = _EQUAL * (1 + sums)
    if len(signed) > MOST:
        spread = np.sqrt((signed**2).sum(axis=0))
        z = np.nan_to_num(divided(sums, spread))
        found = np.array([math.erfc(one / math.sqrt(2)) for one in z])
    else:
        extreme = np.zeros(signed.shape[1])
        for signs in _signs(len(signed), label):
            extreme += (np.abs(signs @ signed) >= sums - margin).sum(axis=0)
        found = (1 + extreme) / (FLIPS + 1)
    return [
        None if not count else _exact(column[here]) if count <= _EXACT else float(p)
        for count, column, here, p in zip(counts, signed.T, there.T, found, strict=True)
    ]


def _signs(n: int, label: str) -> Iterator[Floats]:
    generator = draws(f"signs of {label}")
    left = FLIPS if n else 0
    while left:
        rows = min(left, max(CHUNK // n, 1))
        yield generator.integers(0, 2, (rows, n), dtype=np.int8).astype(np.float64) * 2 - 1
        left -= rows


def _exact(differences: Floats) -> float:
    n = len(differences)
    bits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    sums = np.abs((bits * 2.0 - 1) @ differences)
    whole = abs(float(differences.sum()))
    return float((sums >= whole - _EQUAL * (1 + whole)).mean())
