from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.checks.sentences import SECOND, agreement, sentences
from chalicelib.checks.compiled import lexicon


def test_the_labeller_agrees_with_the_sentences_labelled_by_hand() -> None:
    counts = agreement()

    assert (sum(1 for _ in sentences()), sum(1 for _ in sentences(SECOND))) == (310, 60)
    for name, one in counts.items():
        assert one.f1 >= 0.95, name
    assert agreement(SECOND)["all of it"].f1 >= 0.95


def test_the_labels_are_findings_of_the_lexicon() -> None:
    both = [*sentences(), *sentences(SECOND)]
    names = {fact[0] for sentence in both for fact in sentence.facts}

    assert names <= set(lexicon().findings)
    assert len(names) > 80


def test_disagreement_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "sentences.txt"
    file.write_text("Small left effusion. | pleural effusion +R small\n", encoding="utf-8")

    counts = agreement(file)

    assert (counts["with size"].f1, counts["with side"].f1, counts["all of it"].f1) == (1, 0, 0)


@pytest.mark.parametrize("line", ["No bar.", "Effusion. | pleural effusion", "Effusion. | +L"])
def test_a_line_that_is_not_labelled_is_named(line: str, tmp_path: Path) -> None:
    file = tmp_path / "sentences.txt"
    file.write_text(f"# comment\n{line}\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"sentences\.txt:2: "):
        list(sentences(file))
