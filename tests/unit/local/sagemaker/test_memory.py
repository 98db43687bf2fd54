"""A model's memory: the sources that are like a text, and the file that holds them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.sagemaker import memory
from local.sagemaker.memory import Memory

PAIRS = [
    ("Prompt: the heart is large", "Cardiomegaly."),
    ("Prompt: the lungs are clear", "No acute disease."),
    ("Prompt: the lungs are hazy", "Pulmonary edema."),
]


def test_likest_source_comes_first() -> None:
    found = Memory(PAIRS).most_like("Prompt: hazy lungs", 2)

    assert found[0][0] == "Pulmonary edema."
    assert 0 < found[1][1] < found[0][1] <= 1


def test_words_of_every_source_find_nothing() -> None:
    assert Memory(PAIRS).most_like("Prompt: the", 3) == []


def test_memory_is_read_as_it_was_written_and_the_same_bytes(tmp_path: Path) -> None:
    memory.write(tmp_path, PAIRS)
    first = (tmp_path / memory.FILE).read_bytes()
    memory.write(tmp_path, PAIRS)

    found = Memory.read(tmp_path)

    assert found is not None
    assert found.targets == [target for _, target in PAIRS]
    assert (tmp_path / memory.FILE).read_bytes() == first
    assert Memory.read(tmp_path / "none") is None


@pytest.mark.parametrize("text", ["", "…", "words that no source has"])
def test_a_text_that_is_like_no_source_finds_nothing(text: str) -> None:
    assert Memory(PAIRS).most_like(text, 3) == []


def test_no_pairs_are_a_memory_of_nothing() -> None:
    assert Memory([]).most_like("the lungs are clear", 3) == []


def test_case_and_signs_make_no_difference() -> None:
    made = Memory(PAIRS)

    assert made.most_like("LUNGS, hazy!", 1) == made.most_like("lungs hazy", 1)


def test_the_order_of_words_makes_a_difference() -> None:
    made = Memory([("no effusion left", "One."), ("left no effusion", "Other."), ("x", "y")])

    ((best, cosine), (_, other)) = made.most_like("left no effusion", 2)

    assert best == "Other."
    assert other < cosine


@given(
    st.lists(st.tuples(st.text("abc ", max_size=12), st.text(max_size=5)), min_size=1, max_size=12),
    st.text("abc ", max_size=12),
    st.integers(1, 5),
)
def test_what_is_found_is_bounded_and_in_order(
    pairs: list[tuple[str, str]], text: str, count: int
) -> None:
    found = Memory(pairs).most_like(text, count)

    cosines = [cosine for _, cosine in found]
    assert len(found) <= count
    assert cosines == sorted(cosines, reverse=True)
    assert all(0 < cosine <= 1 + 1e-9 for cosine in cosines)
    assert {target for target, _ in found} <= {target for _, target in pairs}


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b"{"), gzip.compress(b"{}\n")])
def test_a_damaged_file_is_an_error_of_the_kinds_that_are_told(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / memory.FILE).write_bytes(content)

    with pytest.raises((OSError, EOFError, ValueError, KeyError)):
        Memory.read(tmp_path)
