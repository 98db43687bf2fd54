from __future__ import annotations

import pytest

from chalicelib.checks import compiled
from chalicelib.checks.compiled import Trie, compile_lexicon
from chalicelib.checks.critical import CRITICAL
from chalicelib.checks.labeller import label
from chalicelib.checks.lexicon.table import Finding, Weight


@pytest.mark.parametrize("phrases", [" ;effusion", "effusion;", "~ effusion"])
def test_a_phrase_without_words_is_refused(phrases: str) -> None:
    with pytest.raises(ValueError, match="no word"):
        compile_lexicon([Finding("all", Weight.ACUTE, phrases)])


def test_alternatives_and_distant_parts_are_found() -> None:
    lexicon = compile_lexicon([Finding("bent", Weight.ACUTE, "bent/crooked ~ clip")])

    found = label("The clips are crooked. A bent clip. The clip, and a crooked line.", lexicon)

    assert [fact.finding for fact in found] == ["bent", "bent"]


def test_the_longest_phrase_wins() -> None:
    trie = Trie()
    trie.add(["rib"], 1)
    trie.add(["rib", "fracture"], 2)

    assert trie.longest(["rib", "fracture", "old"], 0) == (2, [2])
    assert trie.longest(["rib", "cage"], 0) == (1, [1])
    assert trie.longest(["lung"], 0) == (0, [])


def test_names_are_unique_and_relations_lead_somewhere() -> None:
    findings = compiled.FINDINGS
    names = [finding.name for finding in findings]
    known = {*names, *(finding.group for finding in findings)}

    assert len(names) == len(set(names))
    for finding in findings:
        assert {*finding.inferred_from, *finding.denies} <= known, finding.name
    assert set(CRITICAL) <= set(names)


def test_the_categories_of_chexpert_are_covered() -> None:
    categories = {
        "No Finding": "normal chest",
        "Enlarged Cardiomediastinum": "wide mediastinum",
        "Cardiomegaly": "cardiomegaly",
        "Lung Lesion": "nodule",
        "Lung Opacity": "opacity",
        "Edema": "pulmonary edema",
        "Consolidation": "consolidation",
        "Pneumonia": "pneumonia",
        "Atelectasis": "atelectasis",
        "Pneumothorax": "pneumothorax",
        "Pleural Effusion": "pleural effusion",
        "Pleural Other": "pleural thickening",
        "Fracture": "fracture",
        "Support Devices": "support devices",
    }

    assert set(categories.values()) <= {finding.name for finding in compiled.FINDINGS}


def test_an_adjective_of_one_phrase_belongs_to_no_other() -> None:
    text = "MEDIASTINUM: Prominent epicardial fat pad."

    assert [fact.finding for fact in label(text)] == ["fat pad"]


def test_every_phrase_names_its_own_finding() -> None:
    for finding in compiled.FINDINGS:
        phrase = (finding.phrases or finding.opposite).split(";")[0].replace("~", "")
        assert finding.name in {fact.finding for fact in label(phrase)}, phrase
