from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from chalicelib.output.scoring import METRICS, Score, score

ORACLE = RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"], use_stemmer=False)
WORDS = st.lists(
    st.sampled_from(
        ["no", "acute", "Effusion", "effusions", "left-sided", "1.5", "cm", "é", ".", "\n", "%s"]
    ),
    max_size=25,
).map(" ".join)
TEXTS = WORDS | st.text(max_size=20)


@settings(deadline=None, max_examples=150)
@given(TEXTS, TEXTS)
def test_scores_are_those_of_the_rouge_score_package(reference: str, draft: str) -> None:
    expected = ORACLE.score(reference, draft)

    found = score(reference, draft)

    assert found == [Score(metric, *expected[metric]) for metric in METRICS]
    assert all(0 <= figure <= 1 for one in found for figure in one[1:])


@pytest.mark.parametrize(
    ("reference", "draft"), [("", ""), ("...", "no effusion"), ("no effusion", "?!"), ("é", "é")]
)
def test_texts_without_words_score_zero(reference: str, draft: str) -> None:
    found = score(reference, draft)

    assert found == [Score(metric, 0.0, 0.0, 0.0) for metric in METRICS]


def test_only_lsum_takes_newlines_as_sentence_ends() -> None:
    reference, draft = "small effusion\nno pneumothorax", "no pneumothorax\nsmall effusion"

    scores = {one.metric: one.fmeasure for one in score(reference, draft)}

    assert scores["rougeLsum"] == 1.0
    assert scores["rougeL"] == 0.5
