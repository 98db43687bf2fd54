import re
from pathlib import Path

import pytest

from benchmarks import simulate
from benchmarks.scale import design, tables
from benchmarks.scale.service_times import read_measured
from benchmarks.scale.sweep import cell, loads
from common.paths import ROOT

DOC = ROOT / "docs" / "scale.md"


def test_the_committed_figures_are_those_of_this_design() -> None:
    base, measured = design.read(), read_measured()
    row = [cell(base, measured, (8, 8, 0.0, False), load) for load in loads()]

    expected = tables.sweep_table(row).splitlines()[-1]

    assert expected in (simulate.FOLDER / "figures.md").read_text("utf-8"), "run make simulate"


def test_every_plot_of_the_document_is_committed() -> None:
    named = set(re.findall(r"\(scale/([\w-]+\.svg)\)", DOC.read_text(encoding="utf-8")))

    assert named == {path.name for path in simulate.FOLDER.glob("*.svg")}


def test_plots_are_small_and_undated() -> None:
    for path in simulate.FOLDER.glob("*.svg"):
        assert path.stat().st_size < 100_000
        assert "<dc:date>" not in path.read_text(encoding="utf-8")


def test_an_unknown_option_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        simulate.main(["--fast", "--out", str(tmp_path)])

    assert stopped.value.code == 2
    assert "--fast" in capsys.readouterr().err
