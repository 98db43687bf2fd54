"""The stack's zip in an interpreter that sees nothing else but the Lambda runtime's libraries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rouge_score.rouge_scorer import RougeScorer

from common.paths import ROOT
from local.packaging import bundle, package

if TYPE_CHECKING:
    from local.stack.lifecycle import Stack

SCRIPT = """
import json, pkgutil, sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec

import app
import chalicelib
from chalicelib.observability import tracer
from chalicelib.output import scoring

for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    import_module(module.name)
with ThreadPoolExecutor(8) as threads:
    scores = [*threads.map(lambda pair: scoring.score(*pair), json.load(sys.stdin))]
json.dump(
    {
        "scores": [[one.metric, *map(float.hex, one[1:])] for found in scores for one in found],
        "traced": not tracer.disabled,
        "found": [name for name in ("absl", "nltk", "numpy", "pytest") if find_spec(name)],
        "uncompiled": [
            module.__file__
            for module in [*sys.modules.values()]
            if (getattr(module, "__file__", None) or "").startswith(sys.argv[1])
            and module.__file__.endswith(".py")
            and module.__spec__.cached not in sys.argv[2:]
        ],
    },
    sys.stdout,
)
"""


@pytest.fixture
def unpacked(stack: Stack, tmp_path: Path) -> Path:
    site = tmp_path / "site"
    with zipfile.ZipFile(stack.settings.package_directory / package.ZIP_NAME) as written:
        written.extractall(site)
    bundle.link_runtime(tmp_path / "runtime")
    return site


def texts() -> list[tuple[str, str]]:
    """References and drafts, with and without newlines, also of other reports."""
    lines = (ROOT / "examples" / "evaluation" / "held-out.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines[:25]]
    impressions = [one["impression"] for one in records]
    findings = [one["findings"].replace(". ", ".\n") for one in records]
    return [*product(impressions, impressions), *product(impressions, findings)]


@pytest.mark.parametrize("in_lambda", [True, False])
def test_the_zip_imports_and_scores_without_anything_else(
    unpacked: Path, *, in_lambda: bool
) -> None:
    pairs = texts()
    compiled = [str(path) for path in unpacked.rglob("*.pyc")]
    environment = {"PYTHONPATH": os.pathsep.join([str(unpacked), str(unpacked.parent / "runtime")])}
    if in_lambda:  # enables the tracer
        environment["LAMBDA_TASK_ROOT"] = "/var/task"

    done = subprocess.run(
        [sys.executable, "-S", "-s", "-P", "-c", SCRIPT, str(unpacked), *compiled],
        env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"], use_stemmer=False)
    scores = [scorer.score(*pair) for pair in pairs]
    assert found["scores"] == [
        [metric, *(float(value).hex() for value in score)]
        for one in scores
        for metric, score in one.items()
    ]
    assert found["traced"] == in_lambda
    assert found["found"] == []
    if in_lambda:
        assert found["uncompiled"] == []
