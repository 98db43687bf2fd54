import sys
from pathlib import Path

import pytest

from common.paths import ROOT
from local.cloudformation import check
from local.errors import LintError, PackageError
from local.packaging import lint, security


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for cfn-lint; tests write what it does."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    path = tmp_path / "bin" / "cfn-lint"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_a_clean_template_passes(tool: Path) -> None:
    lint.lint(Path("template.yaml"))


def test_every_region_is_asked(tool: Path, tmp_path: Path) -> None:
    tool.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n', encoding="utf-8")

    lint.lint(Path("template.yaml"))

    assert (tmp_path / "asked").read_text(encoding="utf-8") == (
        "--format parseable --ignore-checks W3002 W1030 "
        "--regions us-east-1 eu-west-1 ap-southeast-1 --template template.yaml\n"
    )


@pytest.mark.parametrize("end", ["exit 4", "exit 0"])
def test_a_finding_of_any_level_is_an_error(tool: Path, end: str) -> None:
    tool.write_text(f"#!/bin/sh\necho W1234 something\n{end}\n", encoding="utf-8")

    with pytest.raises(LintError, match=r"^cfn-lint has findings in template\.yaml$") as caught:
        lint.lint(Path("template.yaml"))

    assert caught.value.findings == "W1234 something"


def test_no_tool_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))

    with pytest.raises(PackageError, match=r"run make lint$"):
        lint.lint(Path("template.yaml"))


def test_the_command_prints_findings_and_fails(
    tool: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(lint, "make_package", lambda: tmp_path)
    tool.write_text("#!/bin/sh\necho E0000 broken\nexit 2\n", encoding="utf-8")

    status = lint.main()

    captured = capsys.readouterr()
    assert status == 1
    assert captured.out == "E0000 broken\n"
    assert captured.err.startswith("error: cfn-lint has findings in ")


def test_the_command_says_which_templates_are_clean(
    tool: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ROOT / "build" / "packages" / "python3.13"
    monkeypatch.setattr(lint, "make_package", lambda: folder)
    checked: list[tuple[Path, tuple[Path, ...]]] = []
    deployed: list[tuple[Path, Path]] = []
    monkeypatch.setattr(lint, "ensure", Path)
    monkeypatch.setattr(security, "check", lambda *asked: checked.append(asked))

    def seen(read: tuple[Path, Path]) -> list[str]:
        deployed.append(read)
        return []

    monkeypatch.setattr(check, "read", lambda *read: read)
    monkeypatch.setattr(check, "findings", lambda *read: seen(read))

    status = lint.main()

    *lines, checkov, last = capsys.readouterr().err.splitlines()
    assert status == 0
    own = (ROOT / "template.yaml", ROOT / "analytics" / "template.json")
    assert checked == [(Path("checkov"), (*own, folder / "template.json"))]
    assert checkov == "checkov: the templates are clean"
    assert deployed == [(folder, ROOT / "analytics" / "template.json")]
    assert last == "cloudformation: the templates would deploy, as far as can be told here"
    assert [line.split()[1].rsplit("/", 1)[-1] for line in lines] == [
        "template.yaml",
        "template.json",
        "sam.json",
        "template.json",
    ]


def test_a_fault_of_the_templates_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "read", lambda *read: read)
    monkeypatch.setattr(check, "findings", lambda *_: ["one", "two"])

    with pytest.raises(LintError, match=r"^the templates have 2 faults$") as caught:
        lint.deploy(Path("package"))

    assert caught.value.findings == "one\ntwo"
