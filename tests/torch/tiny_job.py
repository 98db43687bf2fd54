"""A tiny T5, a tokenizer and a job's folders, made of invented reports."""

from __future__ import annotations

import functools
import json
import tempfile
from pathlib import Path

import torch

from training.container.layout import Layout
from training.small_t5 import folder
from training.small_t5.config import Architecture
from training.small_t5.make import new_model
from training.small_t5.tokenizer import FILE, train_tokenizer
from training.synthetic.stream import reports

TINY = Architecture(pieces=500, d_model=32, d_ff=64, layers=1, heads=2)


@functools.cache
def tiny_model() -> Path:
    """A model folder with random weights."""
    out = Path(tempfile.mkdtemp(prefix="impressions-tiny-"))
    tokenizer = train_tokenizer(list(reports(200, "tiny")), out, TINY.pieces)
    torch.manual_seed(7)
    folder.save(new_model(TINY, tokenizer.vocab_size()), out / FILE, out)
    return out


def job(base: Path, count: int = 40, /, **hyperparameters: str) -> Layout:
    """The folders of a job that fine-tunes the tiny model on invented pairs."""
    layout = Layout(base)
    layout.training.mkdir(parents=True)
    lines = (
        json.dumps({"prompt": r.findings, "completion": r.impression})
        for r in reports(count, "job")
    )
    (layout.training / "train.jsonl").write_text("\n".join(lines) + "\n")
    (layout.training / "template.json").write_text(
        json.dumps({"prompt": "Findings: {prompt}", "completion": "{completion}"})
    )
    layout.base_model.mkdir(parents=True)
    for path in tiny_model().iterdir():
        (layout.base_model / path.name).write_bytes(path.read_bytes())
    config = base / "input" / "config"
    config.mkdir(parents=True)
    plain = {"epochs": "2", "batch_size": "8", "warmup_steps": "2", "threads": "1"}
    (config / "hyperparameters.json").write_text(json.dumps(plain | hyperparameters))
    return layout
