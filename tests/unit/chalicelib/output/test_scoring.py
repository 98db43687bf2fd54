from __future__ import annotations

import json
import subprocess
import sys
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from chalicelib.output.scoring import METRICS, Score, score
from common.paths import ROOT

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


# A process that cannot import what the zip lacks; its threads score their first drafts at once.
WITHOUT = """
import json, sys
from concurrent.futures import ThreadPoolExecutor

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("absl", "nltk", "numpy"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
from chalicelib.output.scoring import score
with ThreadPoolExecutor(8) as threads:
    json.dump([*threads.map(lambda pair: score(*pair), json.load(sys.stdin))], sys.stdout)
"""
SENTENCES = (
    "",
    "...",
    "No acute cardiopulmonary abnormality.",
    "no acute abnormality\nsmall left-sided effusion",
    "Small effusion.\n\nNo pneumothorax. Stable effusion,\t1.5 cm\r\n",
    "effusion effusion effusion " * 40,
    "é Größe 肺 naïve\nCafé",
)


def test_scores_are_the_same_without_the_packages_that_the_zip_lacks() -> None:
    pairs = list(product(SENTENCES, SENTENCES))

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        env={"PYTHONPATH": str(ROOT / "chalice_app")},
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    expected = [ORACLE.score(*pair) for pair in pairs]
    assert found == [[[metric, *scores[metric]] for metric in METRICS] for scores in expected]
