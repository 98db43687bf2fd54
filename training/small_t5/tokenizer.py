"""The SentencePiece model: trained on synthetic reports, used by the trainer and the endpoint."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import sentencepiece

from training.small_t5.config import prompted
from training.synthetic.report import Report

PAD, EOS, UNK = 0, 1, 2
FILE = "sentencepiece.model"
# The placeholders for removed spans, with T5's names.
SENTINELS = tuple(f"<extra_id_{number}>" for number in range(24))


def train_tokenizer(
    reports: Sequence[Report], folder: Path, pieces: int
) -> sentencepiece.SentencePieceProcessor:
    """Train on findings with their prompt and on impressions; writes `sentencepiece.model`.

    Characters that no report contains become the unknown token, which the model has seen in
    training in the output of `training.synthetic.junk`.
    """
    # Not `model_prefix`: its path would be in the file, and the bytes would depend on the folder.
    written = io.BytesIO()
    texts = (t for r in reports for t in (prompted(r.findings), r.impression))
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=texts,
        model_writer=written,
        vocab_size=pieces,
        # BPE, because the unigram model relies on many distinct words, and there are few.
        model_type="bpe",
        pad_id=PAD,
        eos_id=EOS,
        unk_id=UNK,
        bos_id=-1,
        minloglevel=2,
        character_coverage=1.0,
        required_chars="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:()/-%'\"",
        user_defined_symbols=["XXXX", "____", *SENTINELS],
        num_threads=1,
    )
    (folder / FILE).write_bytes(written.getvalue())
    return sentencepiece.SentencePieceProcessor(model_file=str(folder / FILE))


def encode(tokenizer: sentencepiece.SentencePieceProcessor, text: str, longest: int) -> list[int]:
    """Token ids with the end token, at most `longest` of them."""
    ids: list[int] = tokenizer.encode(text)
    return [*ids[: longest - 1], EOS]
