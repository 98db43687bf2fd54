"""Headless Chromium, the machine's own; without one the tests say so and are skipped.

`.ci/run` installs it and sets IMPRESSIONS_BROWSER_REQUIRED, which makes a missing one an error.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
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


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with two datasets, two models and what makes trouble."""
    folder = tmp_path_factory.mktemp("lake")
    lake = LakeOnDisk(folder)
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
    for i, (stratum, flag) in enumerate(
        (("normal", None), ("abnormal", "wrong_side"), ("abnormal", "not_checked")) * 5
    ):
        name = {"report_id": f"r{i}", "record_index": i}
        lake.put("clinical_scores", clinical(facts_stratum=stratum, fmeasure=i / 14, **name))
        lake.put("checks", check(flag=flag, **name))
    lake.put("failures", failure())
    lake.put("files", file())
    out = folder / "report.html"
    report.write(FolderLake(folder), out)
    return out


@pytest.fixture
def page(browser: Browser, page_file: Path) -> Iterator[Page]:
    """The page, opened; any error on it, or request to elsewhere, fails the test."""
    context = browser.new_context()
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    own = page_file.as_uri()
    opened.on("request", lambda asked: None if asked.url == own else wrong.append(asked.url))
    opened.goto(own)
    yield opened
    context.close()
    assert wrong == []
