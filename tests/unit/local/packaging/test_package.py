import json
import shutil
import zipfile
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from common.paths import ROOT
from common.platforms import ARCHITECTURES, machine_architecture
from common.stack_settings import LocalStackSettings
from local.errors import PackageError
from local.packaging import bundle, chalice_package, machine_packages, package
from local.packaging.target import MACHINE, Target

OTHER = {"x86_64": "arm64", "arm64": "x86_64"}
# As much of a compiled module as tells what it is for: e_machine is 62 or 183.
ELF = {
    "x86_64": b"\x7fELF".ljust(18, b"\0") + b"\x3e\x00",
    "arm64": b"\x7fELF".ljust(18, b"\0") + b"\xb7\x00",
}


@pytest.fixture
def project(checkout: Path) -> Path:
    """A project as `build` sees it: the real template, a small application."""
    shutil.copy(ROOT / "template.yaml", checkout)
    (checkout / "analytics").mkdir()
    (checkout / package.NESTED).write_text('{"Resources": {}}', encoding="utf-8")
    return checkout


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that Chalice was run in; a stand-in writes what Chalice writes."""
    folders: list[Path] = []

    def run_chalice(root: Path, out: Path, architecture: str, *, packages: bool = True) -> Path:
        raw = out / "work" / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(raw / "deployment.zip", "w") as written:
            written.writestr("app.py", (root / "chalice_app" / "app.py").read_bytes())
            written.writestr("six/tests/test_six.py", "")
            if packages:
                written.writestr("fast/core.so", ELF[architecture])
        shutil.copy(root / "template.yaml", raw / "sam.yaml")
        folders.append(out)
        return raw

    monkeypatch.setattr(chalice_package, "run", run_chalice)
    monkeypatch.setattr(bundle, "compiled_modules", compiled_modules)
    monkeypatch.setattr(machine_packages, "installed", lambda *_: {"fast/core.so": b"of this one"})
    return folders


def compiled_modules(
    entries: dict[str, bytes], out: Path, stand_in: dict[str, bytes] | None = None
) -> dict[str, bytes]:
    """In place of compiling: what was imported, so that a test sees it."""
    imported = entries if stand_in is None else stand_in
    return {"__pycache__/app.pyc": imported["fast/core.so"]}


def build(
    project: Path, said: list[str] | None = None, target: Target | None = None
) -> package.Package:
    progress = said.append if said is not None else lambda _: None
    return package.build(project / "out", target=target, root=project, progress=progress)


def contents(built: package.Package) -> dict[str, bytes]:
    with zipfile.ZipFile(built.zip_path) as written:
        return {name: written.read(name) for name in written.namelist()}


def test_a_package_is_a_zip_a_merged_template_and_its_translation(
    project: Path, runs: list[Path]
) -> None:
    said: list[str] = []

    built = build(project, said)

    with zipfile.ZipFile(built.zip_path) as written:
        assert written.namelist() == ["__pycache__/app.pyc", "app.py", "fast/core.so"]
    sam = json.loads(built.sam_path.read_text(encoding="utf-8"))
    translated = json.loads(built.template_path.read_text(encoding="utf-8"))
    assert sam["Resources"]["Summarize"]["Type"] == "AWS::Serverless::Function"
    assert translated["Resources"]["Summarize"]["Properties"]["Code"]["S3Key"] == built.zip_key
    assert built.nested_path.read_text(encoding="utf-8") == '{"Resources": {}}'
    assert sam["Resources"]["Analytics"]["Properties"]["TemplateURL"] == package.NESTED
    assert built.zip_key == f"deployment-{built.zip_sha256[:16]}.zip"
    assert runs == [project / "out"]
    at_hand = f"{package.runtime_at_hand()} on {machine_architecture()}"
    assert said[0] == f"packaging the function for {at_hand} …"
    assert " MB unzipped) " in said[1]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_package_has_one_architecture_which_its_templates_ask_for(
    project: Path, runs: list[Path], architecture: str
) -> None:
    built = build(project, target=Target(architecture))

    assert built.architecture == architecture
    assert contents(built)["fast/core.so"] == ELF[architecture]
    for path in (built.sam_path, built.template_path):
        parameter = json.loads(path.read_text(encoding="utf-8"))["Parameters"]["Architecture"]
        assert (parameter["Default"], parameter["AllowedValues"]) == (architecture, [architecture])


def test_a_zip_for_the_other_architecture_is_checked_with_packages_of_this_machine(
    project: Path, runs: list[Path]
) -> None:
    own, other = machine_architecture(), OTHER[machine_architecture()]

    assert contents(build(project, target=Target(own)))["__pycache__/app.pyc"] == ELF[own]
    assert contents(build(project, target=Target(other)))["__pycache__/app.pyc"] == b"of this one"


def test_a_local_zip_of_macos_holds_the_packages_of_this_machine(
    project: Path, runs: list[Path]
) -> None:
    built = build(project, target=Target("arm64", MACHINE))

    assert contents(built)["fast/core.so"] == b"of this one"
    assert contents(built)["__pycache__/app.pyc"] == b"of this one"


def test_chalice_downloading_for_another_architecture_is_an_error(
    project: Path, runs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ELF, "arm64", ELF["x86_64"])

    with pytest.raises(PackageError, match=r"for arm64, but fast/core\.so is for x86_64$"):
        build(project, target=Target("arm64"))


def test_a_module_that_is_missing_when_it_is_used_is_an_error(
    project: Path, runs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = "def f():\n    import nowhere_at_all\n"
    (project / "chalice_app" / "app.py").write_text(late, encoding="utf-8")
    compiled = {cache_from_source("app.py"): b""}
    monkeypatch.setattr(bundle, "compiled_modules", lambda *_: compiled)

    with pytest.raises(PackageError, match=r"the zip lacks nowhere_at_all, which app\.py imports"):
        build(project)


def test_another_target_is_built(project: Path, runs: list[Path]) -> None:
    targets = [Target("x86_64"), Target("arm64"), Target("arm64", MACHINE)]

    fingerprints = {build(project, target=target).fingerprint for target in targets}

    assert len(fingerprints) == len(runs) == 3


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


@pytest.mark.parametrize(
    ("options", "architecture"), [([], "x86_64"), (["--architecture", "arm64"], "arm64")]
)
def test_the_command_prints_what_was_built(
    project: Path,
    runs: list[Path],
    options: list[str],
    architecture: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    defaults = {"target": None, "root": project, "progress": lambda _: None}
    monkeypatch.setattr(package.build, "__kwdefaults__", defaults)
    arguments = ["--any-python", "--out", str(project / "out"), *options]

    status = package.main(arguments)

    assert status == 0
    assert runs
    assert json.loads(capsys.readouterr().out)["architecture"] == architecture


def test_the_local_stacks_package_is_for_this_machine_and_python(
    project: Path,
    runs: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    defaults = {"target": None, "root": project, "progress": lambda _: None}
    monkeypatch.setattr(package.build, "__kwdefaults__", defaults)
    monkeypatch.setattr(package, "LocalStackSettings", lambda: LocalStackSettings(root=project))
    monkeypatch.setattr(package, "DEPLOYED_RUNTIME", "python3.99")

    status = package.main(["--local"])

    built = json.loads(capsys.readouterr().out)
    assert status == 0
    assert built["architecture"] == machine_architecture()
    assert built["directory"] == str(LocalStackSettings(root=project).package_directory)


def test_the_real_requirements_are_complete_and_without_the_sdk() -> None:
    lines = (ROOT / "chalice_app" / "requirements.txt").read_text(encoding="utf-8").splitlines()

    names = {line.partition("==")[0].partition("[")[0] for line in lines if "==" in line}

    assert {"aws-lambda-powertools", "msgspec", "rouge-score"} <= names
    assert not names & bundle.RUNTIME_PROVIDES
    assert not names & set().union(*bundle.UNUSED_REQUIREMENTS.values())
    assert not names & {"sagemaker", "pydantic", "pyarrow", "pandas", "torch"}
