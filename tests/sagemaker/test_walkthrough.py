"""The walk-through notebook, run from its first cell to its last on the local backend."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from common.paths import ROOT
from common.stack_settings import STATE_DIRECTORY_VARIABLE, LocalStackSettings
from local.stack import lifecycle

NOTEBOOK = ROOT / "training" / "walkthrough.ipynb"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each code cell said, by its first line; `image` stands for a picture."""
    import papermill

    folder: Path = tmp_path_factory.mktemp("walkthrough")
    patch = pytest.MonkeyPatch()
    patch.setenv(STATE_DIRECTORY_VARIABLE, str(folder / "state"))
    try:
        ran = papermill.execute_notebook(
            NOTEBOOK,
            folder / "ran.ipynb",
            cwd=NOTEBOOK.parent,
            kernel_name="python3",
            progress_bar=False,
            execution_timeout=900,
        )
    finally:
        lifecycle.down(LocalStackSettings(), lambda _: None)
        patch.undo()
    return {
        cell.source.splitlines()[0]: "\n".join(map(_said, cell.outputs))
        for cell in ran.cells
        if cell.cell_type == "code"
    }


def _said(output: Any) -> str:
    if output.output_type == "stream":
        return str(output.text)
    data = output.get("data", {})
    if "image/png" in data:
        return "image"
    return str(data.get("text/html") or data.get("text/plain", ""))


def test_both_models_are_compared_with_the_radiologist(outputs: dict[str, str]) -> None:
    table = outputs["from training.evaluation import evaluate"]
    rouge1 = {
        cells[1]: float(cells[3])
        for cells in (line.split() for line in table.splitlines())
        if cells and cells[0] == "walkthrough"
    }
    assert rouge1.keys() == {"fine-tuned", "pre-trained", "baseline-constant", "baseline-lead"}
    # A fine-tune that taught nothing would be no better than what it started from.
    assert rouge1["fine-tuned"] > 2 * rouge1["pre-trained"]
    assert rouge1["fine-tuned"] > rouge1["baseline-constant"]
    assert "0 failed" in table


def test_the_quality_of_the_data_is_shown(outputs: dict[str, str]) -> None:
    said = outputs["from html import escape"]
    assert "<iframe srcdoc=" in said
    assert "1,000 reports" in said or "1000 reports" in said
    assert "&lt;svg" in said


def test_the_loss_falls_and_is_drawn(outputs: dict[str, str]) -> None:
    said = outputs["from IPython.display import Image"]
    assert "lake/training_metrics/dt=" in said
    assert said.rstrip().endswith("image")
    losses = [
        float(cells[-1])
        for cells in (line.split() for line in said.splitlines())
        if len(cells) in (2, 3) and cells[0].replace(".", "", 1).isdigit()
    ]
    assert losses[-1] < losses[0]
    assert outputs['plots.boxes(report.scores, work / "rouge.png")'] == "image"


def test_both_answer_about_one_report(outputs: dict[str, str]) -> None:
    said = outputs["from training.serving.ask import ask"]
    assert "'fine-tuned': '" in said
    assert "'pre-trained': '" in said


def test_nothing_is_left(outputs: dict[str, str]) -> None:
    said = outputs["from training.local_aws import stop"]
    for name in ("impressions-fine-tuned", "impressions-pre-trained"):
        assert f"endpoint {name}\n" in said
    assert "the local stack is stopped" in said


def test_the_cell_to_change_for_aws_sets_what_the_cell_for_this_machine_sets() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    (here,) = [cell for cell in cells if "where" in cell["metadata"].get("tags", [])]
    there = "".join(cells[cells.index(here) + 1]["source"]).split("```python\n")[1].split("```")[0]
    kept: dict[str, Any] = {"work": Path("work")}
    exec(compile(there, "there", "exec"), kept)  # noqa: S102  # the notebook's own cell
    assert kept["target"].backend == "sagemaker"
    assert kept["settings"].model_id == "huggingface-text2text-flan-t5-xl"
    names = ("target", "settings", "serving")
    assert all(f"{name} = " in "".join(here["source"]) and name in kept for name in names)


def test_no_output_is_committed() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert not [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")]
