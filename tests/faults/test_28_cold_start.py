"""A cold start without its settings.

Injected: No region, no credentials, each required setting missing or empty, and unusable values of
the others.
Asserted: One line names the setting. Importing the code needs no setting and opens no file, process
or connection.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.errors import SettingsError
from tests.account.account import Account
from tests.account.settings import SETTINGS

APP = Path(__file__).parents[2] / "chalice_app"
# Imports the entry points and reports whatever reaches for the network, a process or a file to
# write. (urllib3 binds a socket of ::1 to learn whether there is IPv6: nothing leaves through it.)
IMPORT = """
import sys
reached = []
def audit(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    network = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}
    if writes or event in network or event.split(".")[0] in {"subprocess", "os.system", "shutil"}:
        reached.append((event, arguments))
sys.addaudithook(audit)
import app
assert not reached, reached
"""
# One message for a whole invocation.
CALL = (
    IMPORT
    + """
from types import SimpleNamespace
context = SimpleNamespace(
    function_name="f", memory_limit_in_mb=1, invoked_function_arn="a", aws_request_id="r",
    get_remaining_time_in_millis=lambda: 900_000,
)
try:
    app.summarize({"Records": [{
        "messageId": "m", "receiptHandle": "h", "body": '{"bucket": "b", "key": "incoming/k", '
        '"etag": "e"}', "attributes": {}, "eventSource": "aws:sqs", "messageAttributes": {},
    }]}, context)
except Exception as error:
    print(f"{type(error).__name__}: {error}")
"""
)
BARE = {
    "PATH": os.environ["PATH"],
    "AWS_EC2_METADATA_DISABLED": "true",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def run(code: str, environment: dict[str, str], home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=APP,
        env=BARE | {"HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def settings_for_a_call() -> dict[str, str]:
    return SETTINGS | {
        "WORK_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/work",
        "POWERTOOLS_SERVICE_NAME": "impressions",
        "POWERTOOLS_METRICS_NAMESPACE": "RadiologyImpressions",
    }


def test_28_import_needs_no_setting_and_does_no_input_or_output(tmp_path: Path) -> None:
    done = run(IMPORT, {}, tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("absent", "name"),
    [
        ({"AWS_REGION", "AWS_DEFAULT_REGION"}, "AWS_REGION"),
        ({"RESULTS_BUCKET"}, "RESULTS_BUCKET"),
        (set[str](), "AWS_ACCESS_KEY_ID"),
    ],
    ids=["region", "setting", "credentials"],
)
def test_28_cold_start_fails_in_one_line_that_names_what_is_absent(
    tmp_path: Path, absent: set[str], name: str
) -> None:
    environment = {key: value for key, value in settings_for_a_call().items() if key not in absent}

    done = run(CALL, environment, tmp_path)

    assert done.returncode == 0
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("SettingsError")]
    assert line.startswith(f"SettingsError: setting {name}: is not set")


@pytest.mark.parametrize(
    "name",
    [
        "RESULTS_BUCKET",
        "WORK_QUEUE_URL",
        "IDEMPOTENCY_TABLE",
        "PROGRESS_TABLE",
        "FINE_TUNED_ENDPOINT",
        "FINE_TUNED_MODEL_ID",
        "FINE_TUNED_MODEL_VERSION",
    ],
)
@pytest.mark.parametrize("value", [None, ""])
def test_28_each_setting_without_a_default_is_named(
    account: Account, monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    monkeypatch.delenv(name)
    account.configure({} if value is None else {name: value})

    with pytest.raises(SettingsError) as caught:
        account.invoke({"Records": []})

    assert caught.value.name == name
    assert str(caught.value).startswith(f"setting {name}: is not set")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHUNK_RECORDS", "0"),
        ("CHUNK_RECORDS", "fifty"),
        ("MICRO_BATCH_RECORDS", "-1"),
        ("MAX_FINDINGS_CHARACTERS", "1e3"),
        ("MAX_OBJECT_BYTES", " 5"),
        ("RETRY_DELAY_S", "½"),
        ("FINE_TUNED_CODEC", "text2text"),
        ("FINE_TUNED_PROMPT", "no place for them"),
        ("FINE_TUNED_PROMPT", "{findings} {findings}"),
        ("FINE_TUNED_GENERATION", "[]"),
        ("FINE_TUNED_GENERATION", '{"num_beams": [1]}'),
        ("FINE_TUNED_GENERATION", "{"),
    ],
)
def test_28_each_unusable_setting_is_named(account: Account, name: str, value: str) -> None:
    account.configure({name: value})

    with pytest.raises(SettingsError, match=f"^setting {name}: must ") as caught:
        account.invoke({"Records": []})

    assert "\n" not in str(caught.value)
