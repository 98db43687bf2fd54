import json
from pathlib import Path

import pytest

from local.errors import PackageError
from local.packaging import chalice_package


@pytest.fixture
def project(checkout: Path) -> Path:
    """A project with a small application."""
    (checkout / "template.yaml").touch()
    return checkout


def test_the_copy_keeps_installed_requirements_and_drops_removed_files(project: Path) -> None:
    app = project / "work" / "app"
    chalice_package._copy_sources(project, app)
    (app / ".chalice" / "deployments").mkdir()
    (app / ".chalice" / "deployments" / "kept.zip").touch()
    (project / "chalice_app" / "chalicelib" / "handlers" / "summarize.py").unlink()

    chalice_package._copy_sources(project, app)

    assert (app / ".chalice" / "deployments" / "kept.zip").exists()
    assert not (app / "chalicelib" / "handlers" / "summarize.py").exists()
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
    monkeypatch.setattr(chalice_package, "CALL_CHALICE", program)
    (project / "out").mkdir()

    with pytest.raises(PackageError) as caught:
        chalice_package.run(project, project / "out", "x86_64")

    assert f"chalice package failed: {reason} (see " in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_chalice_is_told_the_architecture_and_the_checkout_stays_as_it_is(
    project: Path, monkeypatch: pytest.MonkeyPatch, architecture: str
) -> None:
    monkeypatch.setattr(chalice_package, "CALL_CHALICE", "")
    (project / "out").mkdir()

    chalice_package.run(project, project / "out", architecture)

    app = project / "out" / "work" / "app"
    config = json.loads((app / ".chalice" / "config.json").read_text(encoding="utf-8"))
    assert config == {"lambda_architecture": architecture}
    assert (app / "requirements.txt").read_text(encoding="utf-8") == "six==1.17.0\n"
    own = project / "chalice_app" / ".chalice" / "config.json"
    assert own.read_text(encoding="utf-8") == "{}"


def test_without_packages_chalice_installs_none(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chalice_package, "CALL_CHALICE", "")
    (project / "out").mkdir()

    chalice_package.run(project, project / "out", "arm64", packages=False)

    assert (project / "out" / "work" / "app" / "requirements.txt").read_bytes() == b""


def test_chalice_sees_nothing_of_the_users_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "hospital")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("PIP_INDEX_URL", "https://example.invalid")

    environment = chalice_package.environment()

    assert "AWS_PROFILE" not in environment
    assert "AWS_SECRET_ACCESS_KEY" not in environment
    assert environment["PIP_INDEX_URL"] == "https://example.invalid"
    assert environment["PIP_NO_DEPS"] == "1"
