"""One training job: the base model, the channel's pairs, the loop, the model folder."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

import torch

from local.sagemaker import memory
from training.container import pairs as channel_pairs
from training.container.hyperparameters import Hyperparameters, read
from training.container.layout import Layout
from training.small_t5 import folder
from training.small_t5.loop import Loop
from training.small_t5.plan import Plan, Watch
from training.small_t5.tokenizer import FILE as TOKENIZER
from training.small_t5.tokenizer import encode

PROGRESS_EVERY_S = 2.0


def train(layout: Layout, watch: Watch) -> bool:
    """Run the job; returns False if it was stopped early. The model is saved either way.

    Raises:
        SettingError: a hyperparameter or the base model is invalid.
        CollectionError: the training channel is invalid.
    """
    wanted = read(layout.hyperparameters())
    torch.set_num_threads(wanted.threads)
    with folder.unpacked(layout.base_model) as base:
        model, tokenizer = folder.load(base, wanted.dropout)
        to_train, to_validate = channel_pairs.split(
            channel_pairs.read(layout.training),
            wanted.validation_split_ratio,
            wanted.train_data_split_seed,
        )
        pieces = [
            [
                (
                    encode(tokenizer, source, wanted.max_input_length),
                    encode(tokenizer, target, wanted.max_output_length),
                )
                for source, target in part
            ]
            for part in (to_train, to_validate)
        ]
        loop = Loop(model, plan_of(wanted), pieces[0], pieces[1], layout.checkpoints)
        resumed = loop.resume()
        say(f"{len(pieces[0])} training pairs, {len(pieces[1])} validation pairs")
        say(f"{'resuming at' if resumed else 'starting at'} step {loop.state.step}/{loop.steps}")
        finished = loop.run(watch)
        folder.save(loop.trained(), base / TOKENIZER, layout.model)
        if wanted.memory:
            memory.write(layout.model, to_train[: wanted.memory])
    return finished


def plan_of(wanted: Hyperparameters) -> Plan:
    """The loop's plan for a job's hyperparameters."""
    return Plan(
        epochs=wanted.epochs,
        batch=wanted.batch_size,
        learning_rate=wanted.learning_rate,
        warmup=wanted.warmup_steps,
        schedule=wanted.lr_scheduler_type,
        seed=wanted.seed,
        max_steps=wanted.max_steps,
        weight_decay=wanted.weight_decay,
        label_smoothing=wanted.label_smoothing_factor,
        average=wanted.average,
        patience=wanted.early_stopping_patience,
        keep_best=wanted.load_best_model_at_end,
        log_every=wanted.logging_steps,
    )


def console() -> Watch:
    """Log and progress on stdout in the format of the metric definitions; SIGTERM stops."""
    return Watch(log=lambda figures: say(str(figures)), progress=_progress(), stop=_on_sigterm())


def say(line: str) -> None:
    """Write one line to the job's log."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _progress() -> Callable[[int, int], None]:
    last = 0.0

    def progress(done: int, steps: int) -> None:
        nonlocal last
        if time.monotonic() - last >= PROGRESS_EVERY_S or done == steps:
            last = time.monotonic()
            say(f"progress: step {done}/{steps}")

    return progress


def _on_sigterm() -> Callable[[], bool]:
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    return lambda: stopping
