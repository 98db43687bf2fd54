"""The training container on a tiny T5 and invented reports."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from common.errors import SettingError
from tests.torch.tiny_job import job, tiny_model
from training.config import METRICS
from training.container.job import train
from training.container.layout import Layout
from training.small_t5 import checkpoint, folder
from training.small_t5.plan import Watch

ROOT = Path(__file__).parents[2]


def weights(layout: Layout) -> dict[str, Any]:
    return load_file(layout.model / "model.safetensors")


def equal(one: dict[str, Any], two: dict[str, Any]) -> bool:
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)


def stop_at(step: int) -> tuple[Watch, Callable[[], int]]:
    done = 0

    def progress(now: int, _steps: int) -> None:
        nonlocal done
        done = now

    return Watch(progress=progress, stop=lambda: done >= step), lambda: done


def run(layout: Layout) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "training.container"],
        cwd=ROOT,
        env={**os.environ, "SAGEMAKER_BASE_DIR": str(layout.base), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_job_leaves_a_model_that_learnt_and_lines_that_the_metrics_read(tmp_path: Path) -> None:
    layout = job(tmp_path, epochs="6", logging_steps="5", learning_rate="0.01")

    done = run(layout)

    assert done.returncode == 0, done.stderr
    found = {m.name: [float(v) for v in re.findall(m.regex, done.stdout)] for m in METRICS}
    assert len(found["val_loss"]) == 6
    assert found["val_loss"][-1] < found["val_loss"][0]
    assert found["train_loss"][-1] < found["train_loss"][0]
    assert found["epoch"][-1] == 6.0
    assert "progress: step 30/30" in done.stdout
    model, tokenizer = folder.load(layout.model)
    assert model.config.vocab_size >= tokenizer.vocab_size()
    assert not equal(weights(layout), load_file(tiny_model() / "model.safetensors"))
    assert {path.name for path in layout.model.iterdir()} == {*folder.FILES, "memory.jsonl.gz"}
    assert weights(layout)["shared.weight"].dtype == torch.float16


def test_same_job_gives_the_same_weights(tmp_path: Path) -> None:
    one, two = (job(tmp_path / name, dropout="0.1") for name in ("one", "two"))

    train(one, Watch())
    train(two, Watch())

    assert equal(weights(one), weights(two))


@pytest.mark.parametrize("average", ["0", "0.9"])
@pytest.mark.parametrize("step", [1, 5, 7])
def test_stopped_job_goes_on_to_the_weights_of_an_undisturbed_one(
    step: int, average: str, tmp_path: Path
) -> None:
    settings = {"dropout": "0.1", "average": average, "load_best_model_at_end": "True"}
    undisturbed, stopped = (job(tmp_path / n, **settings) for n in ("one", "two"))
    watch, _ = stop_at(step)

    assert train(undisturbed, Watch())
    assert not train(stopped, watch)
    assert train(stopped, Watch())

    assert equal(weights(undisturbed), weights(stopped))


def test_checkpoint_of_another_job_is_no_beginning(tmp_path: Path) -> None:
    layout, other = job(tmp_path / "one"), job(tmp_path / "two", seed="3")
    watch, _ = stop_at(3)
    train(other, watch)
    other.checkpoints.rename(layout.checkpoints)
    watch, reached = stop_at(1)

    train(layout, watch)

    assert reached() == 1


def test_checkpoint_that_was_cut_is_no_beginning(tmp_path: Path) -> None:
    layout = job(tmp_path)
    watch, _ = stop_at(3)
    train(layout, watch)
    path = layout.checkpoints / checkpoint.FILE
    path.write_bytes(path.read_bytes()[:1000])
    watch, reached = stop_at(1)

    train(layout, watch)

    assert reached() == 1


def test_sigterm_saves_a_checkpoint_and_the_model_so_far(tmp_path: Path) -> None:
    layout = job(tmp_path, epochs="10000")
    with subprocess.Popen(
        [sys.executable, "-m", "training.container"],
        cwd=ROOT,
        env={**os.environ, "SAGEMAKER_BASE_DIR": str(layout.base), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("progress:"):
                break

        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()

    assert process.returncode == 0
    assert "saved a checkpoint and the current model" in rest
    assert (layout.checkpoints / checkpoint.FILE).is_file()
    folder.load(layout.model)


def test_early_stopping_ends_when_the_loss_rises(tmp_path: Path) -> None:
    layout = job(tmp_path, epochs="50", early_stopping_patience="1", learning_rate="1", average="0")
    watch, reached = stop_at(10**6)

    assert train(layout, watch)

    assert reached() < 5 * 50


def test_model_archive_is_a_base_too(tmp_path: Path) -> None:
    plain, packed = job(tmp_path / "one"), job(tmp_path / "two")
    archive = packed.base_model / "model.tar.gz"
    files = [path.name for path in packed.base_model.iterdir()]
    subprocess.run(["tar", "-czf", archive, *files], cwd=packed.base_model, check=True)
    for name in files:
        (packed.base_model / name).unlink()

    train(plain, Watch())
    train(packed, Watch())

    assert equal(weights(plain), weights(packed))


def _no_pairs(layout: Layout) -> None:
    (layout.training / "train.jsonl").write_text("")


def _broken_line(layout: Layout) -> None:
    (layout.training / "train.jsonl").write_text('{"prompt": "a", "completion": "b"}\n{"a": 1}\n')


def _no_base(layout: Layout) -> None:
    (layout.base_model / "model.safetensors").unlink()


def _broken_base(layout: Layout) -> None:
    (layout.base_model / "model.safetensors").write_bytes(b"no weights")


def _bad_value(layout: Layout) -> None:
    path = layout.base / "input" / "config" / "hyperparameters.json"
    path.write_text(json.dumps({"epochs": "three"}))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_no_pairs, r"train\.jsonl: is empty"),
        (_broken_line, r'line 2: needs the strings "prompt" and "completion"'),
        (_no_base, r"not a model to start from: model\.safetensors is missing"),
        (_broken_base, r"cannot be loaded as a T5 \("),
        (_bad_value, r"^hyperparameter epochs: 'three' is not an integer$"),
    ],
)
def test_job_that_cannot_run_leaves_its_reason(
    spoil: Callable[[Layout], None], reason: str, tmp_path: Path
) -> None:
    layout = job(tmp_path)
    spoil(layout)

    done = run(layout)

    assert done.returncode == 1
    assert re.search(reason, layout.failure.read_text().strip())
    assert len(layout.failure.read_text().splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert not layout.model.exists()


def test_loading_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"config\.json is missing"):
        folder.load(tmp_path)
