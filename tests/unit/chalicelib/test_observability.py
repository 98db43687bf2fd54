from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from typing import Any

import pytest

from chalicelib import observability
from chalicelib.observability import ALLOWED_FIELDS, log_info, log_warning
from common.paths import ROOT
from tests.unit.chalicelib.conftest import Logged

APP = ROOT / "chalice_app"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, float]]:
    seen: list[tuple[str, str, float]] = []

    def add_metric(name: str, unit: Any, value: float) -> None:
        seen.append((name, unit.value, value))

    monkeypatch.setattr(observability.metrics, "add_metric", add_metric)
    return seen


@pytest.mark.parametrize("log", [log_info, log_warning])
@pytest.mark.parametrize("field", ["findings", "impression", "key", "report_id", "body"])
def test_field_that_is_not_allowed_is_refused_without_its_value(
    log: Any, field: str, logged: Logged
) -> None:
    with pytest.raises(ValueError, match=field) as caught:
        log("event", object_id="fine", **{field: "canary-text"})

    assert "canary-text" not in str(caught.value)
    assert logged() == []


@pytest.mark.parametrize(("log", "level"), [(log_info, "INFO"), (log_warning, "WARNING")])
def test_allowed_fields_are_logged_at_their_level(log: Any, level: str, logged: Logged) -> None:
    log("event", **dict.fromkeys(ALLOWED_FIELDS, 7))

    (line,) = logged()
    assert (line["level"], line["message"]) == (level, "event")
    assert {name for name, value in line.items() if value == 7} == ALLOWED_FIELDS


def test_fields_of_one_line_are_not_on_the_next(logged: Logged) -> None:
    log_info("one", object_id="first")
    log_info("two")

    assert "object_id" not in logged()[1]


def test_handler_on_the_root_logger_does_not_print_a_line_again(logged: Logged) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)

    try:
        log_info("event")
    finally:
        logging.getLogger().removeHandler(handler)

    assert len(logged()) == 1
    assert stream.getvalue() == ""


def test_counts_are_added_but_for_zero(counted: list[tuple[str, str, float]]) -> None:
    observability.count("RecordsOk", 3)
    observability.count("RecordsFailed", 0)
    observability.count("EndpointUnavailable")

    assert counted == [("RecordsOk", "Count", 3), ("EndpointUnavailable", "Count", 1)]


def test_endpoint_call_is_a_latency_and_a_batch_size(
    counted: list[tuple[str, str, float]],
) -> None:
    observability.observe_call("fine-tuned", 8, 250.0)

    assert counted == [
        ("EndpointLatency", "Milliseconds", 250.0),
        ("EndpointBatchSize", "Count", 8),
    ]


def test_importing_the_entry_points_leaves_the_level_alone() -> None:
    code = (
        "import logging, sys\n"
        "from chalicelib.observability import logger\n"
        "sys.stdout = sys.__stderr__\n"  # what chalice takes for a logger without a handler
        "import app\n"
        "assert logging.getLogger(logger.service).level == logging.INFO"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=APP, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("level", "lines"), [("INFO", 2), ("WARN", 1), ("ERROR", 0)])
def test_the_log_level_silences_lines_and_never_metrics(level: str, lines: int) -> None:
    code = (
        "from chalicelib import observability as o\n"
        "o.log_info('event')\n"
        "o.log_warning('event')\n"
        "o.count('NightlyFailed')\n"
        "o.metrics.flush_metrics()\n"
    )
    # As template.yaml has Lambda set it, whatever the parameter says.
    environment = {**os.environ, "LOG_LEVEL": level, "AWS_LAMBDA_LOG_LEVEL": "INFO"}

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=APP,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    printed = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(line.get("message") == "event" for line in printed) == lines
    assert [line["NightlyFailed"] for line in printed if "NightlyFailed" in line] == [[1.0]]
