import json
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from local import bundle, package
from local.errors import PackageError

ROOT = Path(package.__file__).resolve().parent.parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project as `build` sees it: the real template, a small application."""
    app = tmp_path / "chalice_app"
    (app / "chalicelib" / "__pycache__").mkdir(parents=True)
    (app / ".chalice" / "deployments").mkdir(parents=True)
    (app / "app.py").write_text("print(1)\n", encoding="utf-8")
    (app / "requirements.txt").write_text("six==1.17.0\n", encoding="utf-8")
    (app / "chalicelib" / "worker.py").write_text("x = 1\n", encoding="utf-8")
    (app / "chalicelib" / "__pycache__" / "worker.pyc").touch()
    (app / ".chalice" / "config.json").write_text("{}", encoding="utf-8")
    (app / ".chalice" / "policy-summarize.json").write_text("{}", encoding="utf-8")
    (app / ".chalice" / "deployments" / "old.zip").touch()
    shutil.copy(ROOT / "template.yaml", tmp_path)
    return tmp_path


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that Chalice was run in; a stand-in writes what Chalice writes."""
    folders: list[Path] = []

    def run_chalice(root: Path, out: Path) -> Path:
        (out / package.STAMP_NAME).unlink(missing_ok=True)
        raw = out / "work" / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(raw / "deployment.zip", "w") as written:
            written.writestr("app.py", (root / "chalice_app" / "app.py").read_bytes())
            written.writestr("six/tests/test_six.py", "")
        shutil.copy(root / "template.yaml", raw / "sam.yaml")
        folders.append(out)
        return raw

    monkeypatch.setattr(package, "_run_chalice", run_chalice)
    monkeypatch.setattr(package, "_compiled", lambda entries, out: {"__pycache__/app.pyc": b"c"})
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
        "chalice_app/chalicelib/worker.py",
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

    (project / "chalice_app" / "chalicelib" / "__pycache__" / "worker.pyc").write_text("x")
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


def test_the_copy_keeps_installed_requirements_and_drops_removed_files(project: Path) -> None:
    app = project / "work" / "app"
    package._copy_sources(project, app)
    (app / ".chalice" / "deployments").mkdir()
    (app / ".chalice" / "deployments" / "kept.zip").touch()
    (project / "chalice_app" / "chalicelib" / "worker.py").unlink()

    package._copy_sources(project, app)

    assert (app / ".chalice" / "deployments" / "kept.zip").exists()
    assert not (app / "chalicelib" / "worker.py").exists()
    assert not (app / ".chalice" / "deployments" / "old.zip").exists()


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("raise SystemExit('no app here')", "no app here"),
        ("print('Could not install dependencies:\\nnumpy==0.0')", "numpy==0.0"),
    ],
)
def test_chalice_failing_is_one_line_with_its_reason(
    project: Path, monkeypatch: pytest.MonkeyPatch, program: str, reason: str
) -> None:
    monkeypatch.setattr(package, "CALL_CHALICE", program)
    (project / "out").mkdir()

    with pytest.raises(PackageError) as caught:
        build(project)

    assert f"chalice package failed: {reason} (all of it in " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_chalice_sees_nothing_of_the_users_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "hospital")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("PIP_INDEX_URL", "https://example.invalid")

    environment = package._chalice_environment()

    assert "AWS_PROFILE" not in environment
    assert "AWS_SECRET_ACCESS_KEY" not in environment
    assert environment["PIP_INDEX_URL"] == "https://example.invalid"
    assert environment["PIP_NO_DEPS"] == "1"


SITE = {
    "app.py": b"import chalicelib.worker\nNAMES = {'a', 'b', 'c'}\n",
    "chalicelib/__init__.py": b"",
    "chalicelib/worker.py": b"import boto3\n",
    "chalicelib/lazy.py": b"def f():\n    return 1 in {1, 2, 3}\n",
    "rouge_score/__init__.py": b"",
    "rouge_score/unused.py": b"",
    "rouge_score/rouge_scorer.py": (
        b"from types import SimpleNamespace\n"
        b"class RougeScorer:\n"
        b"    def __init__(self, metrics): self.metrics = metrics\n"
        b"    def score(self, a, b):\n"
        b"        return {m: SimpleNamespace(fmeasure=1.0) for m in self.metrics}\n"
    ),
}


def test_just_what_is_imported_is_compiled_and_the_same_every_time(tmp_path: Path) -> None:
    first = package._compiled(SITE, tmp_path / "1")
    second = package._compiled(SITE, tmp_path / "2")

    tag = sys.implementation.cache_tag
    assert set(first) == {
        f"__pycache__/app.{tag}.pyc",
        f"chalicelib/__pycache__/__init__.{tag}.pyc",
        f"chalicelib/__pycache__/worker.{tag}.pyc",
        f"chalicelib/__pycache__/lazy.{tag}.pyc",
        f"rouge_score/__pycache__/__init__.{tag}.pyc",
        f"rouge_score/__pycache__/rouge_scorer.{tag}.pyc",
    }
    assert first == second
    assert all(b"/var/task/" in code for code in first.values())


def test_a_zip_that_lacks_a_module_is_refused_by_the_modules_name(tmp_path: Path) -> None:
    site = {**SITE, "chalicelib/worker.py": b"import nowhere_at_all\n"}

    with pytest.raises(PackageError, match=r"does not import: .*nowhere_at_all"):
        package._compiled(site, tmp_path)


def test_a_zip_may_not_lean_on_what_happens_to_be_installed(tmp_path: Path) -> None:
    site = {**SITE, "chalicelib/worker.py": b"import msgspec\n"}

    with pytest.raises(PackageError, match=r"No module named 'msgspec'"):
        package._compiled(site, tmp_path)


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
