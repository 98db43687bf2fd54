"""The training loop of pre-training, fine-tuning and the container.

The same plan, pairs and number of threads give the same weights, even if the loop was stopped and
resumed from its checkpoint.
"""

from __future__ import annotations

import copy
import hashlib
import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from transformers import T5ForConditionalGeneration

from training.small_t5 import checkpoint
from training.small_t5.batches import IGNORED, batches_of, tensors
from training.small_t5.plan import Pair, Plan, State, Watch

LOWEST_RATE = 0.02
EVALUATION_BATCH = 32


class Loop:
    """Trains one model on pairs of token ids."""

    def __init__(
        self,
        model: T5ForConditionalGeneration,
        plan: Plan,
        pairs: Sequence[Pair],
        validation: Sequence[Pair] = (),
        checkpoints: Path | None = None,
    ) -> None:
        """`checkpoints` is a folder to save to and to resume from."""
        self.model, self.plan = model, plan
        self.pairs, self.validation = pairs, validation
        self.state = State()
        self.average = copy.deepcopy(model).eval() if plan.average else None
        self.best: dict[str, Any] | None = None
        self.steps_an_epoch = math.ceil(len(pairs) / plan.batch)
        self.steps = self.steps_an_epoch * plan.epochs
        if plan.max_steps > 0:
            self.steps = min(self.steps, plan.max_steps)
        self.optimizer = torch.optim.AdamW(
            model.parameters(),
            lr=plan.learning_rate,
            weight_decay=plan.weight_decay,
            betas=(0.9, 0.98),
            fused=True,
        )
        self.rate = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._rate)
        self._smoothed = torch.nn.CrossEntropyLoss(
            ignore_index=IGNORED, label_smoothing=plan.label_smoothing
        )
        self._plain = torch.nn.CrossEntropyLoss(ignore_index=IGNORED, reduction="sum")
        self._checkpoints = checkpoints
        torch.manual_seed(plan.seed)

    def resume(self) -> bool:
        """Resume from the checkpoint if there is one with the same fingerprint."""
        if self._checkpoints is None:
            return False
        found = checkpoint.load(self._checkpoints, self._fingerprint())
        if found is None:
            return False
        self._restore(found)
        return True

    def run(self, watch: Watch) -> bool:
        """Train to the end or until stopped; returns False if stopped. Saves checkpoints."""
        saved = time.monotonic()
        self.model.train()
        while self.state.step < self.steps and not self._is_patience_spent():
            for batch in self._rest_of_epoch():
                self._step(batch)
                watch.progress(self.state.step, self.steps)
                self._log(watch)
                if self.state.step >= self.steps:
                    break
                if watch.stop():
                    self._save()
                    return False
                if time.monotonic() - saved > self.plan.checkpoint_every_s:
                    self._save()
                    saved = time.monotonic()
            self._end_epoch(watch)
        return True

    def trained(self) -> T5ForConditionalGeneration:
        """The model to keep: the best, the moving average, or the last."""
        model = self.average or self.model
        if self.plan.keep_best and self.best is not None:
            model = copy.deepcopy(model)
            model.load_state_dict(self.best)
        return model.eval()

    def _rest_of_epoch(self) -> Iterator[list[Pair]]:
        order = random.Random(f"{self.plan.seed}/{self.state.epoch}")  # noqa: S311  # a shuffle
        batches = batches_of(self.pairs, self.plan.batch, order)
        yield from batches[self.state.within :]

    def _step(self, batch: Sequence[Pair]) -> None:
        sources, seen, targets = tensors(batch)
        logits = self.model(input_ids=sources, attention_mask=seen, labels=targets).logits
        loss = self._smoothed(logits.view(-1, logits.size(-1)), targets.view(-1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.rate.step()
        self.optimizer.zero_grad()
        if self.average is not None:
            self._blend(self.average)
        self.state.step += 1
        self.state.within += 1
        self.state.losses.append(loss.item())

    def _blend(self, average: T5ForConditionalGeneration) -> None:
        # Average over few steps in the beginning, so that the initial weights do not linger.
        past = min(self.plan.average, (1 + self.state.step) / (10 + self.state.step))
        with torch.no_grad():
            pairs = zip(average.parameters(), self.model.parameters(), strict=True)
            for mean, now in pairs:
                mean.lerp_(now, 1 - past)

    def _log(self, watch: Watch) -> None:
        if self.state.step % self.plan.log_every and self.state.step < self.steps:
            return
        losses, self.state.losses = self.state.losses, []
        watch.log(
            {
                "loss": round(sum(losses) / len(losses), 4),
                "learning_rate": self.rate.get_last_lr()[0],
                "epoch": round(self.state.step / self.steps_an_epoch, 2),
            }
        )

    def _end_epoch(self, watch: Watch) -> None:
        self.state.epoch += 1
        self.state.within = 0
        if not self.validation:
            return
        loss = self.validation_loss()
        watch.log(
            {
                "eval_loss": round(loss, 4),
                "epoch": round(self.state.step / self.steps_an_epoch, 2),
            }
        )
        self.state.since_best += 1
        if loss < self.state.best_loss:
            self.state.best_loss, self.state.since_best = loss, 0
            if self.plan.keep_best:
                self.best = copy.deepcopy((self.average or self.model).state_dict())

    def validation_loss(self) -> float:
        """Mean validation loss per token, in nats, of the model that would be kept."""
        model = (self.average or self.model).eval()
        total, pieces = 0.0, 0
        with torch.no_grad():
            for start in range(0, len(self.validation), EVALUATION_BATCH):
                sources, seen, targets = tensors(self.validation[start : start + EVALUATION_BATCH])
                logits = model(input_ids=sources, attention_mask=seen, labels=targets).logits
                total += self._plain(logits.view(-1, logits.size(-1)), targets.view(-1)).item()
                pieces += int((targets != IGNORED).sum().item())
        self.model.train()
        return total / pieces

    def _is_patience_spent(self) -> bool:
        return bool(self.plan.patience) and self.state.since_best >= self.plan.patience

    def _save(self) -> None:
        if self._checkpoints is not None:
            checkpoint.save(self._checkpoints, self._fingerprint(), self._snapshot())

    def _fingerprint(self) -> str:
        """Identifies the training run of a checkpoint: the plan, the pairs, the model's shape."""
        hasher = hashlib.sha256(json.dumps(asdict(self.plan), sort_keys=True).encode())
        hasher.update(json.dumps([self.pairs, self.validation]).encode())
        shapes = [(name, list(value.shape)) for name, value in self.model.state_dict().items()]
        hasher.update(json.dumps(shapes).encode())
        return hasher.hexdigest()

    def _snapshot(self) -> dict[str, Any]:
        return {
            "state": asdict(self.state),
            "model": self.model.state_dict(),
            "average": None if self.average is None else self.average.state_dict(),
            "best": self.best,
            "optimizer": self.optimizer.state_dict(),
            "rate": self.rate.state_dict(),
            "random": torch.get_rng_state(),
        }

    def _restore(self, found: dict[str, Any]) -> None:
        self.model.load_state_dict(found["model"])
        if self.average is not None:
            self.average.load_state_dict(found["average"])
        self.best = found["best"]
        self.optimizer.load_state_dict(found["optimizer"])
        self.rate.load_state_dict(found["rate"])
        torch.set_rng_state(found["random"])
        for name, value in found["state"].items():
            setattr(self.state, name, value)

    def _rate(self, step: int) -> float:
        """The factor of the learning rate after `step` steps: warm-up, then the schedule."""
        if step < self.plan.warmup:
            return (step + 1) / self.plan.warmup
        if self.plan.schedule == "constant_with_warmup":
            return 1.0
        done = min(1.0, (step - self.plan.warmup) / max(1, self.steps - self.plan.warmup))
        decay = 1 - done if self.plan.schedule == "linear" else (1 + math.cos(math.pi * done)) / 2
        return LOWEST_RATE + (1 - LOWEST_RATE) * decay
