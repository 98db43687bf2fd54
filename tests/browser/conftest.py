"""Headless Chromium, the machine's own; without one the tests say so and are skipped.

`.ci/run` installs it and sets IMPRESSIONS_BROWSER_REQUIRED, which makes a missing one an error.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analytics import report
from analytics.lake import FolderLake
from tests.unit.analytics.conftest import (
    LakeOnDisk,
    check,
    clinical,
    failure,
    file,
    impression,
    score,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

collect_ignore_glob = [] if importlib.util.find_spec("playwright") else ["test_*.py"]
NAMES = ("chromium", "chromium-browser", "google-chrome")
# Nothing is fetched in the background: the machine may have no internet.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a checker of ours would never say.
EVIL_SENTENCE = "</p><img src=x onerror=\"document.title='owned'\">"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    found = next(filter(None, (shutil.which(name) for name in NAMES)), None)
    if found is None:
        message = "there is no Chromium on this machine; on Debian: apt-get install chromium"
        if os.environ.get("IMPRESSIONS_BROWSER_REQUIRED"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield made
        made.close()


def usual(lake: LakeOnDisk) -> None:
    """Two datasets, two models and what makes trouble."""
    for role in ("fine-tuned", "pre-trained"):
        lake.drafts(60, model_role=role)
        lake.drafts(12, dataset="dev2", model_role=role, run_id="o2", stratum="abnormal")
    lake.put("rouge_scores", score(model_role="baseline-constant", fmeasure=0.25))
    evil = "</script><img src=x onerror=\"document.title='owned'\"> \U0001fac1"
    lake.put(
        "impressions",
        impression(
            run_id="evil",
            report_id="evil",
            findings=evil * 30,
            reference_impression="No acute disease.",
            generated_impression="No chronic disease.",
        ),
    )
    lake.put("rouge_scores", score(run_id="evil", report_id="evil", fmeasure=0.001))


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page without flags."""
    folder = tmp_path_factory.mktemp("lake")
    lake = LakeOnDisk(folder)
    usual(lake)
    lake.put("failures", failure())
    lake.put("files", file())
    out = folder / "report.html"
    report.write(FolderLake(folder), out)
    return out


@pytest.fixture(scope="session")
def measured_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with clinical scores, and some drafts checked."""
    folder = tmp_path_factory.mktemp("measured")
    lake = LakeOnDisk(folder)
    usual(lake)
    for i, (stratum, flag) in enumerate(
        (("normal", None), ("abnormal", "wrong_side"), ("abnormal", "not_checked")) * 5
    ):
        name = {"report_id": f"r{i}", "record_index": i}
        lake.put("clinical_scores", clinical(facts_stratum=stratum, fmeasure=i / 14, **name))
        lake.put("checks", check(flag=flag, **name))
    out = folder / "report.html"
    report.write(FolderLake(folder), out)
    return out


@pytest.fixture(scope="session")
def danger_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with flags, in a lake of 64 cases; 60 of them have none."""
    folder = tmp_path_factory.mktemp("danger")
    lake = LakeOnDisk(folder)
    lake.drafts(60)
    side = {"report_id": "side", "run_id": "o2", "dataset": "hospital"}
    tuned = side | {"model_version": "2"}
    findings = "\U0001fac1 Moderate LEFT pleural effusion. No pneumothorax."
    reference = "Moderate left pleural effusion."
    lake.put(
        "impressions",
        impression(
            **tuned,
            findings=findings,
            reference_impression=reference,
            generated_impression="Large RIGHT pneumothorax, 9.9 cm. No effusion.",
            stratum="abnormal",
            flags=["wrong_side", "contradicted", "number_not_in_findings"],
            check_sentences=[
                "The draft says right, the findings only left.",
                "The draft denies pleural effusion.",
                EVIL_SENTENCE,
            ],
        ),
        impression(
            **side,
            model_role="pre-trained",
            findings=findings,
            reference_impression=reference,
            generated_impression="Effusion.",
        ),
        impression(
            **side,
            model_role="baseline-constant",
            findings=findings,
            reference_impression=reference,
            generated_impression="No acute disease.",
        ),
        impression(report_id="miss", run_id="o3", findings="Nodule.", flags=[]),
        impression(
            report_id="night",
            run_id="o4",
            lane="nightly",
            findings="A nodule.",
            reference_impression=None,
            stratum=None,
            flags=["omitted"],
            check_sentences=["The findings have a nodule."],
        ),
        impression(
            report_id="same",
            run_id="o5",
            reference_impression="No acute cardio-pulmonary disease.",
            generated_impression="no ACUTE cardio pulmonary disease!!",
        ),
    )
    lake.put(
        "checks",
        check(flag="wrong_side", **tuned, findings_spans="[[11, 32]]", draft_spans="[[6, 11]]"),
        check(
            flag="contradicted",
            **tuned,
            flag_index=1,
            findings_spans="[[16, 32]]",
            draft_spans="[[37, 45]]",
        ),
        check(
            flag="number_not_in_findings",
            **tuned,
            flag_index=2,
            findings_spans="[[500, 600]]",
            draft_spans="[[26, 29], [40, 99999]]",
        ),
        check(flag=None, report_id="miss", run_id="o3"),
        check(flag="omitted", report_id="night", run_id="o4", findings_spans="[[2, 8]]"),
        check(flag=None, report_id="same", run_id="o5"),
    )
    lake.put(
        "clinical_scores",
        clinical(**tuned, facts_stratum="abnormal", draft_stratum="abnormal", fmeasure=0.25),
        clinical(report_id="miss", run_id="o3", facts_stratum="abnormal", fmeasure=0.0),
        clinical(report_id="same", run_id="o5", fmeasure=0.0),
    )
    lake.put(
        "rouge_scores",
        score(**tuned, fmeasure=0.9),
        score(**side, model_role="pre-trained", fmeasure=0.5),
        score(**side, model_role="baseline-constant", fmeasure=0.1),
        score(report_id="miss", run_id="o3"),
        score(report_id="same", run_id="o5", fmeasure=1.0),
    )
    out = folder / "report.html"
    report.write(FolderLake(folder), out)
    return out


@contextmanager
def watched(browser: Browser, file: Path) -> Iterator[Page]:
    """A page, opened; any error on it, or request to elsewhere, fails the test."""
    context = browser.new_context()
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    own = file.as_uri()
    opened.on(
        "request",
        lambda asked: None if asked.url.split("#")[0] == own else wrong.append(asked.url),
    )
    opened.goto(own)
    yield opened
    context.close()
    assert wrong == []


@pytest.fixture
def page(browser: Browser, page_file: Path) -> Iterator[Page]:
    """The page without flags, opened."""
    with watched(browser, page_file) as opened:
        yield opened


@pytest.fixture
def danger(browser: Browser, danger_file: Path) -> Iterator[Page]:
    """The page with flags, opened."""
    with watched(browser, danger_file) as opened:
        yield opened


@pytest.fixture
def measured(browser: Browser, measured_file: Path) -> Iterator[Page]:
    """The page with scores of all kinds, opened."""
    with watched(browser, measured_file) as opened:
        yield opened
