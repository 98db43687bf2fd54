"""The command line of `python -m training.synthetic`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.synthetic.__main__ import main


def test_reports_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["reports", "--count", "3", "--seed", "x", "--out", "-"])

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 0
    assert [set(line) for line in lines] == [{"report_id", "findings", "impression"}] * 3


def test_a_file_holds_the_same_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "reports.jsonl"

    main(["reports", "--count", "3", "--seed", "x", "--out", str(out)])
    main(["reports", "--count", "3", "--seed", "x"])

    assert out.read_text(encoding="utf-8") == capsys.readouterr().out


def test_examples_are_written_below_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["examples", "--out", str(tmp_path)])

    told = capsys.readouterr().out.splitlines()
    assert code == 0
    assert all(Path(line).is_file() for line in told)
    assert (tmp_path / "evaluation" / "held-out.jsonl").is_file()


def test_an_unwritable_place_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "missing" / "file.jsonl"

    code = main(["reports", "--count", "1", "--out", str(place)])

    told = capsys.readouterr().err
    assert code == 1
    assert told.startswith(str(place))
    assert told.count("\n") == 1


@pytest.mark.parametrize("count", ["-1", "many"])
def test_a_count_below_zero_is_refused(count: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["reports", "--count", count])
