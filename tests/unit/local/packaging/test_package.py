import json
import shutil
import zipfile
from pathlib import Path

import pytest

from common.paths import ROOT
from local.packaging import bundle, chalice_package, package


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project as `build` sees it: the real template, a small application."""
    app = tmp_path / "chalice_app"
    (app / "chalicelib" / "handlers").mkdir(parents=True)
    (app / "chalicelib" / "__pycache__").mkdir()
    (app / ".chalice" / "deployments").mkdir(parents=True)
    (app / "app.py").write_text("print(1)\n", encoding="utf-8")
    (app / "requirements.txt").write_text("six==1.17.0\n", encoding="utf-8")
    (app / "chalicelib" / "handlers" / "summarize.py").write_text("x = 1\n", encoding="utf-8")
    (app / "chalicelib" / "__pycache__" / "aws.pyc").touch()
    (app / ".chalice" / "config.json").write_text("{}", encoding="utf-8")
    (app / ".chalice" / "policy-summarize.json").write_text("{}", encoding="utf-8")
    (app / ".chalice" / "deployments" / "old.zip").touch()
    shutil.copy(ROOT / "template.yaml", tmp_path)
    (tmp_path / "analytics").mkdir()
    (tmp_path / package.NESTED).write_text('{"Resources": {}}', encoding="utf-8")
    return tmp_path


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that Chalice was run in; a stand-in writes what Chalice writes."""
    folders: list[Path] = []

    def run_chalice(root: Path, out: Path) -> Path:
        raw = out / "work" / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(raw / "deployment.zip", "w") as written:
            written.writestr("app.py", (root / "chalice_app" / "app.py").read_bytes())
            written.writestr("six/tests/test_six.py", "")
        shutil.copy(root / "template.yaml", raw / "sam.yaml")
        folders.append(out)
        return raw

    monkeypatch.setattr(chalice_package, "run", run_chalice)
    monkeypatch.setattr(bundle, "compiled_modules", lambda *_: {"__pycache__/app.pyc": b"c"})
    return folders


def build(project: Path, said: list[str] | None = None) -> package.Package:
    progress = said.append if said is not None else lambda _: None
    return package.build(project / "out", root=project, progress=progress)


def test_a_package_is_a_zip_a_merged_template_and_its_translation(
    project: Path, runs: list[Path]
) -> None:
    said: list[str] = []

    built = build(project, said)

    with zipfile.ZipFile(built.zip_path) as written:
        assert written.namelist() == ["__pycache__/app.pyc", "app.py"]
    sam = json.loads(built.sam_path.read_text(encoding="utf-8"))
    translated = json.loads(built.template_path.read_text(encoding="utf-8"))
    assert sam["Resources"]["Summarize"]["Type"] == "AWS::Serverless::Function"
    assert translated["Resources"]["Summarize"]["Properties"]["Code"]["S3Key"] == built.zip_key
    assert built.nested_path.read_text(encoding="utf-8") == '{"Resources": {}}'
    assert sam["Resources"]["Analytics"]["Properties"]["TemplateURL"] == package.NESTED
    assert built.zip_key == f"deployment-{built.zip_sha256[:16]}.zip"
    assert runs == [project / "out"]
    assert said[0] == f"packaging the function for {package.runtime_at_hand()} …"
    assert " MB unzipped) " in said[1]


def test_nothing_is_built_when_nothing_changed(project: Path, runs: list[Path]) -> None:
    first = build(project)
    said: list[str] = []

    second = build(project, said)

    assert second == first
    assert len(runs) == 1
    assert said == []


@pytest.mark.parametrize(
    "changed",
    [
        "chalice_app/app.py",
        "chalice_app/requirements.txt",
        "chalice_app/chalicelib/handlers/summarize.py",
        "chalice_app/.chalice/config.json",
        "chalice_app/.chalice/policy-summarize.json",
        "template.yaml",
    ],
)
def test_a_change_is_built(project: Path, runs: list[Path], changed: str) -> None:
    build(project)

    with (project / changed).open("a", encoding="utf-8") as file:
        file.write("\n")
    build(project)

    assert len(runs) == 2


def test_what_no_build_reads_may_change(project: Path, runs: list[Path]) -> None:
    build(project)

    (project / "chalice_app" / "chalicelib" / "__pycache__" / "aws.pyc").write_text("x")
    (project / "chalice_app" / ".chalice" / "deployments" / "new.zip").touch()
    build(project)

    assert len(runs) == 1


@pytest.mark.parametrize("name", ["deployment.zip", "package.json"])
def test_a_harmed_package_is_built_again(project: Path, runs: list[Path], name: str) -> None:
    first = build(project)

    (project / "out" / name).write_bytes(b"x")
    second = build(project)

    assert second == first
    assert len(runs) == 2


def test_a_package_that_was_moved_is_known_again(project: Path, runs: list[Path]) -> None:
    build(project)
    (project / "out").rename(project / "moved")

    moved = package.build(project / "moved", root=project, progress=lambda _: None)

    assert moved.zip_path.exists()
    assert len(runs) == 1


def test_a_package_for_aws_wants_the_deployed_interpreter(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(package, "DEPLOYED_RUNTIME", "python3.99")

    status = package.main([])

    captured = capsys.readouterr()
    assert status == 3
    assert captured.out == ""
    assert captured.err.startswith("error: the deployed runtime is python3.99 and this is python3.")
    assert len(captured.err.splitlines()) == 1


def test_the_command_prints_what_was_built(
    project: Path,
    runs: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(package.build, "__kwdefaults__", {"root": project, "progress": print})

    status = package.main(["--any-python", "--out", str(project / "out")])

    assert status == 0
    assert runs
    assert '"zip_sha256"' in capsys.readouterr().out


def test_the_real_requirements_are_complete_and_without_the_sdk() -> None:
    lines = (ROOT / "chalice_app" / "requirements.txt").read_text(encoding="utf-8").splitlines()

    names = {line.partition("==")[0].partition("[")[0] for line in lines if "==" in line}

    assert {"aws-lambda-powertools", "msgspec", "rouge-score", "numpy"} <= names
    assert not names & bundle.RUNTIME_PROVIDES
    assert not names & {"sagemaker", "pydantic", "pyarrow", "pandas", "torch"}
