from __future__ import annotations

import pytest

from training.prepare.noise import MOST, Likeliest, is_normal, mentions_prior, reasons_of
from training.prepare.report import Pair

FINDINGS = "The heart is enlarged. A small effusion is on the left. No pneumothorax."


@pytest.mark.parametrize(
    ("findings", "impression", "reason"),
    [
        (FINDINGS, "Effusion. FINDINGS: none", "a heading within a text"),
        (f"{FINDINGS} IMPRESSION: x", "Effusion.", "a heading within a text"),
        (FINDINGS, "2-ABNORMAL, PREVIOUSLY REPORTED", "the impression is a code"),
        (FINDINGS, "Please see above.", "the impression refers elsewhere"),
        (FINDINGS, "As described.", "the impression refers elsewhere"),
        (FINDINGS, FINDINGS.upper(), "the impression repeats the findings"),
        (FINDINGS, "____ ____ ____ with.", "the impression is mostly masked"),
        (FINDINGS, "Many words. " * 20, "the impression is much longer than the findings"),
        ("Clear.", "Normal.", "very short findings"),
        (FINDINGS, "Effusion, unchanged.", "a prior study only in the impression"),
    ],
)
def test_suspicious_pair_has_its_reason(findings: str, impression: str, reason: str) -> None:
    assert next(iter(reasons_of(Pair("a", findings, impression)))) == reason


@pytest.mark.parametrize(
    "impression",
    ["Small left effusion.", "1. NO ACUTE DISEASE", "No acute process.", "Effusion on the left."],
)
def test_plain_pair_has_none(impression: str) -> None:
    assert reasons_of(Pair("a", FINDINGS, impression)) == {}


def test_contradiction_is_a_reason() -> None:
    found = reasons_of(Pair("a", FINDINGS, "Effusion."), contradicted=True)

    assert list(found) == ["the same findings with another impression"]


def test_only_the_likeliest_are_kept_and_the_worst_comes_first() -> None:
    likeliest = Likeliest()
    for number in range(100):
        likeliest.add(Pair(f"weak{number:03d}", "Clear.", "Normal."), contradicted=False)
    likeliest.add(Pair("strong", FINDINGS, "2-ABNORMAL"), contradicted=True)
    likeliest.add(Pair("plain", FINDINGS, "Effusion."), contradicted=False)

    found = likeliest.sorted()

    assert len(found) == MOST
    assert found[0].report_id == "strong"
    assert found[0].reasons == (
        "the impression is a code",
        "the same findings with another impression",
    )


@pytest.mark.parametrize(
    ("text", "prior", "normal"),
    [
        ("No acute cardiopulmonary abnormality.", False, True),
        ("Normal chest.", False, True),
        ("1. Negative for effusion.", False, False),
        ("Negative chest.", False, True),
        ("No active disease, but a nodule in the left upper lobe is new.", False, False),
        ("Effusion has resolved since the prior film.", True, False),
        ("Unchanged nodule.", True, False),
        ("Increased from before.", True, False),
        ("Priority findings.", False, False),
    ],
)
def test_prior_studies_and_normal_impressions_are_recognised(
    text: str, *, prior: bool, normal: bool
) -> None:
    assert (mentions_prior(text), is_normal(text)) == (prior, normal)
