"""T5's span corruption: spans are removed from a text, and the model generates them.

Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer"
(2020), 3.1.4 and 3.3: 15 % of the tokens, spans of 3 on average. A whole section may also be a
span, as in gap-sentence pre-training (Zhang et al., "PEGASUS", 2020).
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from training.small_t5.tokenizer import EOS

Span = tuple[int, int]
NOISE, MEAN_SPAN = 0.15, 3.0


def corrupt(
    pieces: Sequence[int], spans: Sequence[Span], sentinels: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Source and target of a text without its spans [start, stop), sorted and not adjacent.

    At most as many spans as there are sentinels are removed.
    """
    source: list[int] = []
    target: list[int] = []
    done = 0
    for (start, stop), sentinel in zip(spans, sentinels, strict=False):
        source += [*pieces[done:start], sentinel]
        target += [sentinel, *pieces[start:stop]]
        done = stop
    return [*source, *pieces[done:], EOS], [*target, EOS]


def draw(length: int, rng: random.Random) -> list[Span]:
    """Random spans of a text of `length` tokens, at least one."""
    wanted = max(1, round(length * NOISE))
    spans: list[Span] = []
    taken = 0
    free = list(range(length))
    rng.shuffle(free)
    covered: set[int] = set()
    for start in free:
        if taken >= wanted:
            break
        size = min(1 + int(rng.expovariate(1 / (MEAN_SPAN - 0.5))), wanted - taken, length - start)
        # One token stays between two spans, or they would be one span.
        if covered.isdisjoint(range(start - 1, start + size + 1)):
            spans.append((start, start + size))
            covered.update(range(start, start + size))
            taken += size
    return sorted(spans)
