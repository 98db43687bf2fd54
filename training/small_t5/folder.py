"""Model folders: config.json, model.safetensors (16-bit floats) and sentencepiece.model."""

from __future__ import annotations

import copy
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import sentencepiece
import torch
from safetensors import SafetensorError
from transformers import T5ForConditionalGeneration
from transformers.utils import logging

from common.errors import SettingError
from training.small_t5.tokenizer import FILE as TOKENIZER

FILES = ("config.json", "model.safetensors", TOKENIZER)

# The model loads in milliseconds: progress bars for loading would only clutter the job's log.
logging.disable_progress_bar()


def save(model: T5ForConditionalGeneration, tokenizer: Path, out: Path) -> None:
    """Write a model folder; the model itself keeps its 32-bit floats."""
    out.mkdir(parents=True, exist_ok=True)
    copy.deepcopy(model).half().save_pretrained(out)
    (out / "generation_config.json").unlink(missing_ok=True)
    (out / FILES[1]).chmod(0o644)  # safetensors makes it readable only by its owner
    if tokenizer.resolve() != (out / TOKENIZER).resolve():
        shutil.copyfile(tokenizer, out / TOKENIZER)


def load(
    folder: Path, dropout: float = 0.0
) -> tuple[T5ForConditionalGeneration, sentencepiece.SentencePieceProcessor]:
    """The model, in 32-bit floats, and its tokenizer.

    Raises:
        SettingError: a file is missing or cannot be read.
    """
    for name in FILES:
        if not (folder / name).is_file():
            raise SettingError(str(folder), f"is not a model to start from: {name} is missing")
    try:
        model = T5ForConditionalGeneration.from_pretrained(
            folder, dropout_rate=dropout, dtype=torch.float32, local_files_only=True
        )
        tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(folder / TOKENIZER))
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        problem = f"cannot be loaded as a T5 ({type(error).__name__})"
        raise SettingError(str(folder), problem) from None
    return model, tokenizer


@contextmanager
def unpacked(channel: Path) -> Iterator[Path]:
    """The model folder of a `model` channel: the folder itself, or its extracted model.tar.gz.

    Raises:
        SettingError: the archive is damaged.
    """
    archive = next(iter(sorted(channel.glob("*.tar.gz"))), None)
    if archive is None:
        yield channel
        return
    with TemporaryDirectory(prefix="impressions-model-") as folder:
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(folder, filter="data")
        except (OSError, EOFError, tarfile.TarError) as error:
            problem = f"cannot be extracted ({type(error).__name__})"
            raise SettingError(archive.name, problem) from None
        yield Path(folder)
