from __future__ import annotations

import pytest

from chalicelib.checks.facts import Fact
from chalicelib.checks.language import MAX_FACTS, reason_not_to_check, reason_not_to_compare


@pytest.mark.parametrize(
    "text",
    [
        "Kein Pneumothorax. Herz normal.",
        "Der Pleuraerguss links ist unverändert.",
        "No hay derrame pleural.",
        "Sin consolidación.",
        "Pas d'épanchement pleural à gauche.",
        "Non si osserva pneumotorace; cuore nella norma.",
        "Sem derrame pleural.",
        "Плеврального выпота нет.",
        "胸水なし",
    ],
)
def test_another_language_is_not_checked(text: str) -> None:
    assert reason_not_to_check(text) == "is not in English"


@pytest.mark.parametrize("text", ["", "...", "____", "12.3"])
def test_a_text_without_words_is_not_checked(text: str) -> None:
    assert reason_not_to_check(text) == "has no words"


def test_a_text_of_a_book_is_not_checked() -> None:
    assert reason_not_to_check("a" * 100_001) == "is longer than 100000 characters"


@pytest.mark.parametrize(
    "text",
    [
        "Normal.",
        "No effusion.",
        "CLEAR LUNGS",
        "LA enlargement. LE edema, 65 y.",
        "ET tube in place.",
        "Increased interstitial opacities non-specific. Question edema?",
        "The sternum is intact; Ménétrier disease is known.",
    ],
)
def test_english_is_checked(text: str) -> None:
    assert reason_not_to_check(text) is None


def test_no_facts_and_too_many_are_not_compared() -> None:
    fact = Fact("pneumonia", "present", "none", None, None, (0, 1))

    assert reason_not_to_compare([fact]) is None
    assert reason_not_to_compare([]) == "names nothing that the lexicon knows"
    assert reason_not_to_compare([fact] * (MAX_FACTS + 1)) == "names more than 500 findings"
