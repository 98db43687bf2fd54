from pathlib import Path

import pytest

from common.stack_settings import LocalStackSettings
from common.stack_state import Process
from local.stack import ministack


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("AWS_PROFILE", "hospital")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://example.invalid")
    monkeypatch.setenv("HTTPS_PROXY", "http://example.invalid")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    return ministack.environment(LocalStackSettings(state_directory=tmp_path), 4566)


def test_nothing_of_the_users_aws_reaches_it_or_its_functions(environment: dict[str, str]) -> None:
    text = str(environment)

    assert "hospital" not in text
    assert "real" not in text.lower().replace("region", "")
    assert "example.invalid" not in text
    assert "PYTHONPATH" not in environment


def test_it_listens_on_loopback_only(environment: dict[str, str]) -> None:
    assert environment["BIND_HOST"] == "127.0.0.1"
    assert environment["GATEWAY_PORT"] == "4566"
    assert environment["SFTP_ENABLED"] == environment["IOT_MTLS_ENABLED"] == "0"


def test_functions_run_under_their_own_role(environment: dict[str, str]) -> None:
    assert environment["AUTH"] == "true"


def test_everything_is_kept_below_the_state_directory(
    environment: dict[str, str], tmp_path: Path
) -> None:
    assert environment["PERSIST_STATE"] == environment["S3_PERSIST"] == "1"
    for name in ("STATE_DIR", "S3_DATA_DIR", "TMPDIR", "HOME"):
        assert Path(environment[name]).is_relative_to(tmp_path)


def test_nobody_is_healthy_when_nobody_runs(tmp_path: Path) -> None:
    settings = LocalStackSettings(state_directory=tmp_path)

    assert not ministack.is_healthy(None, settings)
    assert not ministack.is_healthy(Process(2**22 + 1, "0", 1, ""), settings)
