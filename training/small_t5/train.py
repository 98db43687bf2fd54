"""Trains the T5 with torch on the CPU; the same seed and threads give the same weights."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sentencepiece
import torch
from transformers import T5Config, T5ForConditionalGeneration

from training.small_t5.config import Architecture, Schedule, prompted
from training.small_t5.progress import say
from training.small_t5.tokenizer import EOS, PAD, encode
from training.synthetic.report import Report

Pair = tuple[list[int], list[int]]
IGNORED = -100
SORTED_BATCHES = 20
REPORT_EVERY = 100


@dataclass(frozen=True)
class Outcome:
    """A finished training: the model, what it cost, and the mean loss of its last steps."""

    model: T5ForConditionalGeneration
    parameters: int
    steps: int
    seconds: float
    loss: float
    stopped_early: bool


def new_model(shape: Architecture, vocabulary: int) -> T5ForConditionalGeneration:
    """An untrained T5; the vocabulary is rounded up to a multiple of eight."""
    return T5ForConditionalGeneration(
        T5Config(
            vocab_size=math.ceil(vocabulary / 8) * 8,
            d_model=shape.d_model,
            d_kv=shape.d_model // shape.heads,
            d_ff=shape.d_ff,
            num_layers=shape.layers,
            num_decoder_layers=shape.layers,
            num_heads=shape.heads,
            dropout_rate=shape.dropout,
            feed_forward_proj="gated-gelu",
            tie_word_embeddings=True,
            pad_token_id=PAD,
            eos_token_id=EOS,
            decoder_start_token_id=PAD,
        )
    )


def train(
    reports: Sequence[Report],
    tokenizer: sentencepiece.SentencePieceProcessor,
    shape: Architecture,
    plan: Schedule,
) -> Outcome:
    """Train on the reports; progress goes to stderr."""
    torch.set_num_threads(plan.threads)
    torch.manual_seed(plan.seed)
    shuffler = random.Random(plan.seed)  # noqa: S311 - an order, not a secret
    pairs = [
        (
            encode(tokenizer, prompted(r.findings), plan.max_source),
            encode(tokenizer, r.impression, plan.max_target),
        )
        for r in reports
    ]
    model = new_model(shape, tokenizer.vocab_size())
    parameters = sum(p.numel() for p in model.parameters())
    steps = math.ceil(len(pairs) / plan.batch) * plan.epochs
    say(f"training: {parameters:,} parameters, {steps:,} steps planned")
    optimizer = torch.optim.AdamW(
        model.parameters(),
        lr=plan.learning_rate,
        weight_decay=plan.weight_decay,
        betas=(0.9, 0.98),
        fused=True,
    )
    rate = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps, plan))
    measure = torch.nn.CrossEntropyLoss(ignore_index=IGNORED, label_smoothing=plan.label_smoothing)
    began = time.monotonic()
    recent: list[float] = []
    done = 0
    model.train()
    for batch in _batches(pairs, plan, shuffler):
        sources, seen, targets = _tensors(batch)
        logits = model(input_ids=sources, attention_mask=seen, labels=targets).logits
        loss = measure(logits.view(-1, logits.size(-1)), targets.view(-1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        rate.step()
        optimizer.zero_grad()
        done += 1
        recent = [*recent[-REPORT_EVERY + 1 :], loss.item()]
        passed = time.monotonic() - began
        if done % REPORT_EVERY == 0:
            mean = sum(recent) / len(recent)
            say(f"step {done:,}/{steps:,}  loss {mean:.3f}  {passed:.0f} s")
        if passed > plan.minutes * 60:
            say(f"stopped after {plan.minutes} minutes, before the plan's end")
            break
    return Outcome(
        model.eval(),
        parameters,
        done,
        time.monotonic() - began,
        sum(recent) / max(1, len(recent)),
        done < steps,
    )


def _rate(step: int, steps: int, plan: Schedule) -> float:
    """Linear warm-up, then a cosine down to two per cent of the learning rate."""
    if step < plan.warmup:
        return (step + 1) / plan.warmup
    way = (step - plan.warmup) / max(1, steps - plan.warmup)
    return 0.02 + 0.98 * (1 + math.cos(math.pi * min(1.0, way))) / 2


def _batches(
    pairs: Sequence[Pair], plan: Schedule, shuffler: random.Random
) -> Iterator[list[Pair]]:
    """Batches of pairs of like length, in random order, for every epoch."""
    for _ in range(plan.epochs):
        order = list(range(len(pairs)))
        shuffler.shuffle(order)
        batches: list[list[Pair]] = []
        span = plan.batch * SORTED_BATCHES
        for start in range(0, len(order), span):
            near = sorted((pairs[i] for i in order[start : start + span]), key=lambda p: len(p[0]))
            batches += [near[i : i + plan.batch] for i in range(0, len(near), plan.batch)]
        shuffler.shuffle(batches)
        yield from batches


def _tensors(batch: Sequence[Pair]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Padded sources, their attention mask, and targets whose padding the loss ignores."""
    widest = max(len(source) for source, _ in batch)
    longest = max(len(target) for _, target in batch)
    sources = torch.tensor([s + [PAD] * (widest - len(s)) for s, _ in batch])
    targets = torch.tensor([t + [IGNORED] * (longest - len(t)) for _, t in batch])
    return sources, (sources != PAD).long(), targets


def save(outcome: Outcome, folder: str) -> None:
    """Write the weights in the transformers layout."""
    model: Any = outcome.model
    model.save_pretrained(folder)
