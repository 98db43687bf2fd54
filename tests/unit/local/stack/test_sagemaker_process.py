import dataclasses
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from common.stack_settings import LocalStackSettings
from common.stack_state import Process
from local.errors import ProcessError
from local.stack import processes, sagemaker_process


@pytest.fixture
def settings(tmp_path: Path) -> LocalStackSettings:
    return LocalStackSettings(state_directory=tmp_path, start_timeout=10)


def test_it_serves_the_model_under_the_endpoints_name(
    settings: LocalStackSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Process(1, "0", processes.free_port("127.0.0.1"), "")
    asked: list[Any] = []
    noted: list[Process] = []

    def start(
        command: Sequence[str], *, environment: Mapping[str, str], port: int, log: Path
    ) -> Process:
        asked.append((list(command), dict(environment)))
        return dataclasses.replace(known, port=port, log=str(log))

    monkeypatch.setattr(processes, "start", start)
    monkeypatch.setattr(processes, "wait_until_healthy", lambda *_, **__: None)
    monkeypatch.setenv("AWS_PROFILE", "hospital")

    process = sagemaker_process.start("python", settings, "http://127.0.0.1:1", known, noted.append)

    [(command, environment)] = asked
    assert command == [
        *("python", "-m", "local.sagemaker", "--host", "127.0.0.1", "--port", str(known.port)),
        *("--state", str(settings.state_directory / "sagemaker")),
        *("--aws-url", "http://127.0.0.1:1"),
        *("--endpoint", f"impressions-fine-tuned={settings.models_directory / 'fine-tuned'}"),
        *("--endpoint", f"impressions-pre-trained={settings.models_directory / 'pre-trained'}"),
    ]
    assert environment["PYTHONPATH"] == str(settings.root)
    assert "AWS_PROFILE" not in environment
    assert process.port == known.port
    assert noted == [process]


def test_one_that_does_not_start_is_stopped_and_named(settings: LocalStackSettings) -> None:
    noted: list[Process] = []
    log = "the local SageMaker exited during start-up: .*log$"
    broken = settings.sagemaker_directory / "resources" / "models" / "x.json"
    broken.parent.mkdir(parents=True)
    broken.write_text("no JSON")

    with pytest.raises(ProcessError, match=f"^{log}"):
        sagemaker_process.start(sys.executable, settings, "http://127.0.0.1:1", None, noted.append)

    assert not processes.is_alive(noted[0])
