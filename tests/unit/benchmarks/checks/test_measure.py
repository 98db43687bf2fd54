from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from benchmarks.checks import measure
from benchmarks.checks.__main__ import main
from benchmarks.checks.seeded import Pair


def test_the_command_prints_the_tables(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "reports.jsonl"
    secret = {"findings": "Left effusion of Mr. Unmistakable.", "impression": "Left effusion."}
    file.write_text(f"{json.dumps(secret)}\n", encoding="utf-8")
    monkeypatch.setenv("REAL_REPORTS", str(file))
    monkeypatch.setattr(measure, "INVENTED", 10)

    assert main(["--offline"]) == 0

    printed = capsys.readouterr().out
    for part in ("all of it", "side flipped", "negations together", "wrong_side", "real (1)"):
        assert part in printed
    assert "radlabels" not in printed
    assert "Unmistakable" not in printed


def test_real_reports_are_those_of_all_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    for file in files:
        lines = [{"findings": "F", "impression": file.stem}, {"findings": "without impression"}]
        file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    monkeypatch.setenv("REAL_REPORTS", os.pathsep.join(map(str, files)))

    assert measure.real() == [Pair("F", "one"), Pair("F", "two")]

    monkeypatch.delenv("REAL_REPORTS")
    assert measure.real() == []


def test_a_report_takes_less_than_five_milliseconds() -> None:
    # Measured: 1 ms. The bar is that of `make bench GROUPS=checks`; here the machine may be busy.
    assert measure.label_milliseconds(measure.invented()[:200]) < 25
