from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.errors import CollectionError
from training.prepare.tokens import EMBEDDED, Counter, least

COUNTER = Counter(None)


def test_tokens_are_those_that_the_model_reads() -> None:
    import sentencepiece  # noqa: PLC0415  # only this test compares with it

    model = sentencepiece.SentencePieceProcessor(model_file=str(EMBEDDED))
    text = "The lungs are clear. Cardiomediastinal silhouette is normal."

    assert COUNTER.count(text) == len(model.encode(text)) + 1
    assert Counter(EMBEDDED).count(text) == COUNTER.count(text)


def test_only_the_model_s_own_tokenizer_is_exact() -> None:
    assert not COUNTER.is_exact
    assert Counter(EMBEDDED).is_exact


@given(
    st.text(max_size=60) | st.text(st.characters(codec="ascii"), max_size=60), st.integers(1, 80)
)
def test_shortcut_changes_no_answer(text: str, most: int) -> None:
    assert COUNTER.is_over(text, most) == (COUNTER.count(text) > most)


@given(st.lists(st.from_regex(r"[a-z]{1,9}[.,]?", fullmatch=True), max_size=30))
def test_no_text_has_fewer_tokens_than_words(words: list[str]) -> None:
    text = " ".join(words)

    assert least(text) <= COUNTER.count(text)


def test_file_that_is_no_tokenizer_is_named(tmp_path: Path) -> None:
    path = tmp_path / "spiece.model"
    for make in (lambda: path.write_bytes(b"nothing"), path.unlink):
        make()
        with pytest.raises(CollectionError, match=r"spiece\.model: is not a SentencePiece model"):
            Counter(path)
