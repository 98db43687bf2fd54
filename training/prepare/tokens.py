"""Counts the tokens of prompts and targets, which a model cuts off at a limit.

The tokenizer of FLAN-T5 is part of its weights, and not of this project. Without it, texts are
counted with the tokenizer of the embedded model, a SentencePiece model as T5's, but with 2,000
pieces made for radiology reports: an estimate. A text with more words than a limit has tokens is
over that limit with any tokenizer that does not join words, such as T5's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.paths import ROOT
from training.errors import CollectionError

EMBEDDED = ROOT / "local" / "models" / "fine-tuned" / "sentencepiece.model"
_END_OF_TEXT = 1  # T5 ends every text with a token of its own


@dataclass(frozen=True)
class Limits:
    """How many tokens a model takes and gives.

    128 is JumpStart's default of max_output_length. Its default of max_input_length, -1, sets no
    limit of its own; 512 is the length that T5 was trained with (Raffel et al. 2020).
    """

    max_input_length: int = 512
    max_output_length: int = 128
    leave_out: bool = False


class Counter:
    """Counts with a SentencePiece model."""

    def __init__(self, tokenizer: Path | None) -> None:
        """Use `tokenizer`, the model's own, or the embedded one for an estimate.

        Raises:
            CollectionError: it cannot be read as a SentencePiece model.
        """
        import sentencepiece

        self.is_exact = tokenizer is not None
        path = tokenizer or EMBEDDED
        try:
            self._model: Any = sentencepiece.SentencePieceProcessor(model_file=str(path))
        except (OSError, RuntimeError):
            problem = "is not a SentencePiece model; give the base model's spiece.model"
            raise CollectionError(str(path), problem) from None

    def count(self, text: str) -> int:
        """How many tokens a text has, with the one that ends it."""
        return len(self._model.encode(text)) + _END_OF_TEXT

    def is_over(self, text: str, most: int) -> bool:
        """Whether a text has more than `most` tokens."""
        # A token is a character at least; only a space before the text and the end come on top.
        if text.isascii() and len(text) + 1 + _END_OF_TEXT <= most:
            return False
        return self.count(text) > most


def least(text: str) -> int:
    """How many tokens a text has at least, with the one that ends it."""
    return len(text.split()) + _END_OF_TEXT
