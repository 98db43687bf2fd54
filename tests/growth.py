"""Asserts that work grows with the size of its input, and not with the square of it.

What a regular expression does cannot be counted, so processor time is measured. One attempt that is
fast enough suffices: a busy machine makes all of them slower, but hostile input none of them fast.
"""

from __future__ import annotations

import time
from collections.abc import Callable

ATTEMPTS = 5
# Four times the input takes sixteen times as long if work grows with the square.
TIMES, MOST = 4, 9
# What starting the work may cost, and what clocks cannot tell.
SLACK_S = 0.1


def assert_linear(work: Callable[[int], object], size: int) -> None:
    """Do work of a size and of a quarter of it, and compare their processor time."""
    taken: list[tuple[float, float]] = []
    for _ in range(ATTEMPTS):
        quarter, whole = _seconds(work, size // TIMES), _seconds(work, size)
        if whole < MOST * quarter + SLACK_S:
            return
        taken.append((quarter, whole))
    raise AssertionError(f"seconds for a quarter and for all of it: {taken}")


def _seconds(work: Callable[[int], object], size: int) -> float:
    began = time.process_time()
    work(size)
    return time.process_time() - began
