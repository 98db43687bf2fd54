"""From transformers weights to CTranslate2 int8, the form that the local endpoint runs."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import sentencepiece
from ctranslate2.converters.transformers import TransformersConverter

from training.errors import ModelTooLargeError
from training.small_t5.config import SIZE_LIMIT

FILES = ("model.bin", "config.json", "shared_vocabulary.json")


class _Pieces:
    """The three tokens and two lookups that the converter asks of a transformers tokenizer."""

    pad_token = "<pad>"  # noqa: S105 - a token of text
    eos_token = "</s>"  # noqa: S105
    unk_token = "<unk>"  # noqa: S105
    bos_token = None

    def __init__(self, tokenizer: sentencepiece.SentencePieceProcessor) -> None:
        self._tokenizer = tokenizer

    def convert_ids_to_tokens(self, index: int) -> str:
        piece: str = self._tokenizer.id_to_piece(index)
        return piece

    def get_vocab(self) -> dict[str, int]:
        return {self._tokenizer.id_to_piece(i): i for i in range(self._tokenizer.vocab_size())}


def convert(
    weights: str, tokenizer: sentencepiece.SentencePieceProcessor, out: Path
) -> dict[str, int]:
    """Write the int8 model into `out`; returns each file's size in bytes."""

    class Converter(TransformersConverter):  # type: ignore[misc]  # untyped base
        def load_tokenizer(self, *_args: Any, **_kwargs: Any) -> _Pieces:  # noqa: ANN401
            return _Pieces(tokenizer)

    with tempfile.TemporaryDirectory() as scratch:
        built = Path(scratch) / "model"
        Converter(weights).convert(str(built), quantization="int8")
        for name in FILES:
            shutil.copyfile(built / name, out / name)
    return sizes(out)


def sizes(folder: Path) -> dict[str, int]:
    """Bytes of every file of a model folder, by name."""
    return {path.name: path.stat().st_size for path in sorted(folder.iterdir())}


def check_size(folder: Path) -> int:
    """Total bytes of a model folder.

    Raises:
        ModelTooLargeError: when it is over what the repository accepts.
    """
    total = sum(sizes(folder).values())
    if total > SIZE_LIMIT:
        raise ModelTooLargeError(folder, total, SIZE_LIMIT)
    return total
