"""Reports by seed and number, and the training stream, which excludes the examples."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Container, Iterator

from training.synthetic.compose import compose
from training.synthetic.everyday.compose import compose as compose_everyday
from training.synthetic.report import Report

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def report(seed: str, index: int) -> Report:
    """The report with this number; it does not depend on the previous ones.

    A string seeds `random.Random` through SHA-512, in the same way since Python 3.2.
    """
    return compose(random.Random(f"{seed}/{index}"), f"{seed}-{index:06d}")  # noqa: S311  # not a secret


def reports(count: int, seed: str) -> Iterator[Report]:
    """`count` reports of a seed."""
    for index in range(count):
        yield report(seed, index)


def normalised(findings: str) -> str:
    """Findings reduced to lower-case words: repeats are found whatever their case and layout."""
    return _NOT_A_WORD.sub(" ", findings.lower()).strip()


def training_reports(count: int, seed: str, held_out: Container[str]) -> Iterator[Report]:
    """`count` reports of a seed, without those that are held out.

    Args:
        count: the number of reports.
        seed: the name of the stream.
        held_out: normalised findings that must not occur, from `examples/`.
    """
    return _without(held_out, count, lambda index: report(seed, index))


def everyday_report(seed: str, index: int) -> Report:
    """The everyday report with this number; it does not depend on the previous ones."""
    rng = random.Random(f"{seed}/everyday/{index}")  # noqa: S311  # not a secret
    return compose_everyday(rng, f"{seed}-everyday-{index:06d}")


def everyday_reports(count: int, seed: str, held_out: Container[str]) -> Iterator[Report]:
    """`count` everyday reports of a seed, without those that are held out, as above."""
    return _without(held_out, count, lambda index: everyday_report(seed, index))


def _without(
    held_out: Container[str], count: int, made: Callable[[int], Report]
) -> Iterator[Report]:
    index = 0
    left = count
    while left:
        candidate = made(index)
        index += 1
        if normalised(candidate.findings) not in held_out:
            left -= 1
            yield candidate
