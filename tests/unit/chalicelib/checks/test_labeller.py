from __future__ import annotations

import subprocess
import sys
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.checks.compiled import compile_lexicon
from chalicelib.checks.labeller import label
from chalicelib.checks.lexicon.table import Finding, Weight
from common.paths import ROOT
from tests.counting import calls

VOCABULARY = [
    *("no", "not", "seen", "with", "and", "or", "cannot", "be", "excluded", "possible", "stable"),
    *("left", "right", "both", "small", "4", "mm", "heart", "enlarged", "normal", "increased"),
    *("effusion", "pneumothorax", "lungs", "clear", "acute", "disease", ",", ".", ":", ";", "?"),
    *("but", "(", "\n"),
]


def facts(text: str) -> list[tuple[str, str, str, str | None, str | None]]:
    return [(one.finding, one.status, one.side, one.size, one.change) for one in label(text)]


def test_each_fact_has_the_place_of_its_words() -> None:
    text = "The lungs are clear. Moderate LEFT pleural effusion, unchanged."

    assert [text[one.span[0] : one.span[1]] for one in label(text)] == [
        "lungs are clear",
        "pleural effusion",
    ]


def test_an_entry_that_matches_every_word_gives_facts_and_no_error() -> None:
    greedy = compile_lexicon([Finding("anything", Weight.ACUTE, "lung; the; effusion; is; clear")])

    assert len(label("the lung is clear " * 100, greedy)) > 1


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n", "...", "?!", "____", "<br>", "&nbsp;", "XXXX", "0", "°", "肺は正常です"],
)
def test_a_text_without_findings_has_no_facts(text: str) -> None:
    assert label(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Small left effusion.<br/>No pneumothorax.",
        "<p>Small left effusion</p><p>No pneumothorax</p>",
        "Small&nbsp;left effusion. No pneumothorax.",
        "SMALL LEFT EFFUSION. NO PNEUMOTHORAX.",
        "small left effusion; no pneumothorax",
        "Small left\neffusion. No\npneumothorax.",
    ],
)
def test_markup_capitals_and_line_breaks_change_nothing(text: str) -> None:
    assert facts(text) == [
        ("pleural effusion", "present", "left", "small", None),
        ("pneumothorax", "absent", "none", None, None),
    ]


def test_masks_are_no_words() -> None:
    assert facts("Left XXXX ____ effusion.") == [
        ("pleural effusion", "present", "left", None, None)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "INDICATION: Rule out pneumothorax.\nFINDINGS: Left effusion.",
        "History: pneumothorax last year. Pneumonia.\nFindings: Left effusion.",
        "Comparison: pneumothorax film of May. Left effusion.",
    ],
)
def test_sections_about_the_request_state_nothing(text: str) -> None:
    assert facts(text) == [("pleural effusion", "present", "left", None, None)]


def test_a_heading_gives_its_side_to_its_section() -> None:
    assert facts("RIGHT LUNG: Consolidation in the lower lobe. Small effusion.") == [
        ("consolidation", "present", "right", None, None),
        ("pleural effusion", "present", "right", "small", None),
    ]


@given(st.text(max_size=300))
def test_any_text_gives_facts_whose_spans_lie_in_it(text: str) -> None:
    for fact in label(text):
        assert 0 <= fact.span[0] < fact.span[1] <= len(text)


@given(st.lists(st.sampled_from(VOCABULARY), max_size=60))
def test_any_order_of_the_words_of_reports_gives_facts(words: list[str]) -> None:
    text = " ".join(words)
    for fact in label(text):
        assert 0 <= fact.span[0] < fact.span[1] <= len(text)


HOSTILE = {
    "one word": "a" * 100,
    "one letter": "A " * 50,
    "findings": "effusion " * 11,
    "negations": "no " * 33,
    "parts of patterns": "heart enlarged " * 7,
    "normal lists": "HEART NORMAL, " * 7,
    "full stops": "." * 100,
    "open tags": "<a " * 33,
    "numbers": "1 x " * 25,
    "one number": "1" * 100,
    "sides": "left right " * 9,
    "lines": "x\n" * 50,
    "empty lines": "\n" * 100,
    "headings": "a: " * 33,
    "lists": "no effusion or " * 7,
    "entities": "&a" * 50,
    "brackets": "(" * 100,
    "all": "possible left effusion, no right pneumothorax but stable 4 mm nodule " * 2,
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_time_is_linear_in_the_length_whatever_the_text(unit: str) -> None:
    label("")  # the lexicon is compiled on first use

    once, twice = (calls(partial(label, unit * times)) for times in (50, 100))

    assert twice <= 2.2 * once + 1000


def test_the_labeller_needs_only_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "from chalicelib.checks.check import check\n"
        "check('Left effusion.', 'Right effusion.')\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - set(sys.stdlib_module_names) - {'chalicelib'}))"
    )

    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=ROOT / "chalice_app",
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"
