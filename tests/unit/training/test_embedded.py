from __future__ import annotations

from pathlib import Path

import pytest

from training import embedded


def test_training_without_torch_names_the_list_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "MODULES", ("no_such_torch",))

    code = embedded.main(["--out", str(tmp_path / "model")])

    told = capsys.readouterr().err
    assert code == 3
    assert told == (
        "no-such-torch is not installed:"
        " run `pip install -r training/requirements-train.txt` and try again\n"
    )
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("option", ["--reports", "--epochs", "--threads"])
def test_training_refuses_nothing_to_do(tmp_path: Path, option: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        embedded.main(["--out", str(tmp_path), option, "0"])
