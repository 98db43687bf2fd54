"""Reference or prediction without a word.

Injected: Empty and punctuation-only references, drafts and findings, and emoji.
Asserted: Every score is defined: 0 where nothing can match, between 0 and 1 otherwise, never NaN,
for each model and metric.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from chalicelib.output import scoring
from tests.account.account import Account
from tests.account.texts import json_lines

KEY = "evaluation/ward/a.json"
METRICS = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
WORDLESS = ["", " ", "\n", "...", "?!", "-", "—", "。", "🫁", "\u0301"]


def figures(row: Any) -> list[float]:
    return [row["rouge_precision"], row["rouge_recall"], row["fmeasure"]]


@pytest.mark.parametrize("reference", WORDLESS)
def test_36_wordless_reference_scores_0_for_every_model(account: Account, reference: str) -> None:
    account.add_pre_trained()

    result = account.finish(KEY, json_lines({"findings": "Clear lungs.", "impression": reference}))

    scores = account.rows("rouge_scores")
    roles = {"fine-tuned", "pre-trained", "baseline-constant", "baseline-lead"}
    assert result["status"] == "complete"
    assert {(row["model_role"], row["metric"]) for row in scores} == {
        (role, metric) for role in roles for metric in METRICS
    }
    assert len(scores) == 16
    assert all(figures(row) == [0, 0, 0] for row in scores)
    assert {row["stratum"] for row in scores} <= {"normal", "abnormal"}


@pytest.mark.parametrize("draft", ["...", "?!", "—", "。"])
def test_36_wordless_prediction_scores_0(account: Account, draft: str) -> None:
    account.model.write = lambda _: draft

    account.finish(KEY, json_lines({"findings": "Clear lungs.", "impression": "Normal chest."}))

    scores = [row for row in account.rows("rouge_scores") if row["model_role"] == "fine-tuned"]
    assert [row["metric"] for row in scores] == METRICS
    assert all(figures(row) == [0, 0, 0] for row in scores)


def test_36_wordless_findings_make_a_wordless_baseline_that_scores_0(account: Account) -> None:
    account.finish(KEY, json_lines({"findings": "...", "impression": "Normal chest."}))

    scores = [row for row in account.rows("rouge_scores") if row["model_role"] == "baseline-lead"]
    assert [row["metric"] for row in scores] == METRICS
    assert all(figures(row) == [0, 0, 0] for row in scores)


@pytest.mark.parametrize("reference", [*WORDLESS, "One", "One two."])
@pytest.mark.parametrize("draft", [*WORDLESS, "One", "Other."])
def test_36_every_figure_is_a_number_from_0_to_1(reference: str, draft: str) -> None:
    scores = scoring.score(reference, draft)

    assert [score.metric for score in scores] == METRICS
    found = [figure for score in scores for figure in score[1:]]
    assert all(type(figure) is float and math.isfinite(figure) for figure in found)
    assert all(0 <= figure <= 1 for figure in found)
    if "One" not in reference or "One" not in draft:
        assert set(found) == {0.0}
