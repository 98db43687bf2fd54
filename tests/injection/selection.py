"""Which injections are made: all of them, or a fixed sample spread over calls and kinds."""

from __future__ import annotations

from collections.abc import Sequence

from tests.injection.campaign import Undisturbed
from tests.injection.kinds import Kind
from tests.injection.wire import Call

# How many of all injections a sample has: a prime, so that it falls on all kinds and calls in turn.
ONE_IN = 41


def sample(undisturbed: Undisturbed, kinds: Sequence[Kind]) -> list[tuple[Kind, Call]]:
    """The same injections every time: each kind at least once, at calls that differ by kind."""
    chosen = undisturbed.injections(kinds)[::ONE_IN]
    for number, kind in enumerate(kinds):
        if kind not in {one for one, _ in chosen}:
            own = undisturbed.injections([kind])
            chosen.append(own[number * ONE_IN % len(own)])
    return chosen
