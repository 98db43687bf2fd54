from __future__ import annotations

from pathlib import Path

import pytest

from local.sagemaker import memory
from local.sagemaker.consensus import choose
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


@pytest.mark.parametrize(
    ("beams", "neighbours", "expected"),
    [
        ([("Normal chest.", -0.1)], [], "Normal chest."),
        # Two beams that say nearly the same outvote a likelier one.
        (
            [
                ("Cardiomegaly.", -0.30),
                ("No acute disease.", -0.31),
                ("No acute chest disease.", -0.31),
            ],
            [],
            "No acute disease.",
        ),
        # Neighbours that agree outvote a beam that stands alone.
        (
            [("Left effusion.", -0.5), ("No acute disease.", -0.6)],
            [("No acute disease.", 0.9), ("No acute disease of the chest.", 0.9)],
            "No acute disease.",
        ),
    ],
)
def test_draft_that_most_agree_with_is_chosen(
    beams: list[tuple[str, float]], neighbours: list[tuple[str, float]], expected: str
) -> None:
    assert choose(beams, neighbours) == expected


def test_texts_without_words_are_no_crash() -> None:
    assert choose([("", -1.0), ("…", -2.0)], []) in ("", "…")
