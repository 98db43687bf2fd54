"""`python -m local.sagemaker`, as a process and, for what it refuses, in this one."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import boto3
import pytest

from local.sagemaker.__main__ import main

REPOSITORY = Path(__file__).parents[4]
WAIT_S = 30


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "error", "-m", "local.sagemaker", *arguments]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serves_until_told_to_stop(embedded_model_directory: Path, number: signal.Signals) -> None:
    with started("--endpoint", f"impressions={embedded_model_directory}") as process:
        assert process.stderr is not None
        ready = process.stderr.readline()
        found = re.fullmatch(
            r"local\.sagemaker: ready on (http://127\.0\.0\.1:\d+) \(impressions\)\n", ready
        )
        assert found, ready

        with urlopen(f"{found[1]}/ping", timeout=WAIT_S) as answer:  # noqa: S310  # loopback
            assert answer.status == 200
        client = boto3.client(
            "sagemaker-runtime",
            endpoint_url=found[1],
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        invoked = client.invoke_endpoint(
            EndpointName="impressions",
            ContentType="application/json",
            Body='{"text_inputs": "Findings: The lungs are clear."}',
        )
        assert b"generated_texts" in invoked["Body"].read()

        process.send_signal(number)
        rest, errors = process.communicate(timeout=WAIT_S)

    assert process.returncode == 0
    assert (rest, errors) == ("", "")


def test_a_model_directory_that_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--endpoint", f"a={tmp_path / 'none'}"])

    assert code == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert str(tmp_path / "none") in output.err
    assert "model.safetensors" in output.err


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "example.org"])  # noqa: S104  # to be refused
def test_a_host_that_is_not_loopback(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--host", host, "--endpoint", "a=nowhere"])

    assert code == 2
    assert capsys.readouterr().err == (
        f"local.sagemaker: --host {host}: must be a loopback address; use 127.0.0.1\n"
    )


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        code = main(["--port", str(port), "--endpoint", "a=nowhere"])

    assert code == 3
    assert f"127.0.0.1:{port}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], "--endpoint"),
        (["--endpoint", "a"], "NAME=MODEL_DIR"),
        (["--endpoint", "a="], "NAME=MODEL_DIR"),
        (["--endpoint", "_=b"], "letters, digits"),
        (["--port", "x", "--endpoint", "a=b"], "--port"),
        (["--wrong"], "--endpoint"),
    ],
)
def test_wrong_usage_is_one_line(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)

    assert raised.value.code == 2
    error = capsys.readouterr().err
    assert named in error
    assert error.count("\n") == 1


def test_a_name_given_twice(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--endpoint", "a=one", "--endpoint", "b=two", "--endpoint", "a=three"])

    assert code == 2
    assert "'a': given twice" in capsys.readouterr().err
