from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from benchmarks.checks import radlabels
from chalicelib.checks.compiled import lexicon
from common.errors import EnvironmentSetupError


@pytest.fixture(scope="module")
def wheel() -> Path:
    try:
        return radlabels.wheel()
    except EnvironmentSetupError as error:
        pytest.skip(str(error))


@pytest.mark.once
def test_the_labeller_agrees_with_a_thousand_labelled_reports(wheel: Path) -> None:
    counts = radlabels.agreement(wheel)

    assert sum(1 for _ in radlabels.reports(wheel)) == 1000
    assert counts["findings"].f1 >= 0.92
    assert counts["absent"].f1 >= 0.93
    assert counts["status, hedged as present"].f1 >= 0.85


@pytest.mark.once
def test_every_finding_that_is_labelled_there_has_one_of_ours(wheel: Path) -> None:
    theirs = {name for report in radlabels.reports(wheel) for name in report.labels}
    # Finer than our lexicon: an acute rib fracture is a rib fracture, a collapsed segment or lung
    # a collapse; "pleural other" and the cardiomediastinum in total are none of ours.
    finer = {
        "acute_rib_fracture",
        "lobar_segmental_collapse",
        "pleural_other",
        "whole_lung_or_majority_collapse",
    }

    assert theirs - {name for names in radlabels.NAMES.values() for name in names} <= finer
    assert set(radlabels.NAMES) <= set(lexicon().findings)


def test_agreement_is_counted_by_report_finding_and_status(tmp_path: Path) -> None:
    path = tmp_path / "radlabels-0-py3-none-any.whl"
    labels = {"a": {"pneumothorax": "definitely absent", "cardiomegaly": "definitely present"}}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("radlabels/samples/synthetic_labels.json", json.dumps(labels))
        text = "No pneumothorax. Possible cardiomegaly. Left effusion."
        archive.writestr("radlabels/samples/synthetic_reports/a.txt", text)

    counts = radlabels.agreement(path)

    assert counts["findings"] == (2, 1, 0)
    assert counts["absent"] == (1, 0, 0)
    assert counts["status"] == (1, 2, 1)
    assert counts["status, hedged as present"] == (2, 1, 0)


def test_a_wheel_that_is_there_is_not_downloaded_again(tmp_path: Path) -> None:
    path = tmp_path / "radlabels-0.2.0-py3-none-any.whl"
    path.touch()

    assert radlabels.wheel(tmp_path) == path


def test_a_registry_without_it_is_an_error_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "none").as_uri())
    monkeypatch.setenv("PIP_NO_INDEX", "1")

    with pytest.raises(EnvironmentSetupError, match="radlabels cannot be downloaded") as raised:
        radlabels.wheel(tmp_path / "wheels")

    assert "\n" not in str(raised.value)
