"""Batches of token id pairs, and their tensors."""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch

from training.small_t5.plan import Pair
from training.small_t5.tokenizer import PAD

IGNORED = -100
SORTED_BATCHES = 20


def batches_of(pairs: Sequence[Pair], size: int, order: random.Random) -> list[list[Pair]]:
    """All pairs in batches of similar length, in random order, to minimise padding."""
    shuffled = list(pairs)
    order.shuffle(shuffled)
    found: list[list[Pair]] = []
    span = size * SORTED_BATCHES
    for start in range(0, len(shuffled), span):
        near = sorted(shuffled[start : start + span], key=lambda pair: len(pair[0]))
        found += [near[i : i + size] for i in range(0, len(near), size)]
    order.shuffle(found)
    return found


def tensors(batch: Sequence[Pair]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Padded sources, their attention mask, and targets with padding that the loss ignores.

    The shape of each is (batch, longest), the type int64.
    """
    widest = max(len(source) for source, _ in batch)
    longest = max(len(target) for _, target in batch)
    sources = torch.tensor([s + [PAD] * (widest - len(s)) for s, _ in batch])
    targets = torch.tensor([t + [IGNORED] * (longest - len(t)) for _, t in batch])
    return sources, (sources != PAD).long(), targets
