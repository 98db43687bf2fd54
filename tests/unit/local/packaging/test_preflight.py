"""What a deploy would fail on is said before it begins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from common.paths import ROOT
from local.packaging.preflight import ENVIRONMENT_BYTES, findings
from local.packaging.translate import read_yaml

TEMPLATE: dict[str, Any] = read_yaml(ROOT / "template.yaml")
UMLAUTS = "\u00fc" * 590 + "{findings}"


def test_the_defaults_can_be_deployed() -> None:
    assert findings(TEMPLATE, "radiology-impressions", {}) == []


@pytest.mark.parametrize("length", [27, 28])
def test_a_bucket_s_name_has_room_for_so_much_of_the_stack_s(length: int) -> None:
    found = findings(TEMPLATE, "s" * length, {})

    # "-landing-", an account's twelve digits and the longest region: 63 characters in all.
    assert bool(found) is (length > 27)
    assert all("(use at most 27)" in one for one in found)


@pytest.mark.parametrize(
    "name", ["Radiology", "radiology_impressions", "1-stack", "a--b", "a-", ""]
)
def test_a_name_that_no_bucket_can_have_is_refused(name: str) -> None:
    assert any("use lower-case letters" in one for one in findings(TEMPLATE, name, {}))


NETWORK = {
    "VpcId": "vpc-1",
    "SubnetIds": "subnet-1,subnet-2",
    "SecurityGroupIds": "sg-1",
    "VpcEndpoints": "true",
    "RouteTableIds": "rtb-1",
}


def test_a_private_network_can_be_deployed() -> None:
    own_endpoints = {name: NETWORK[name] for name in ("VpcId", "SubnetIds", "SecurityGroupIds")}

    assert findings(TEMPLATE, "stack", NETWORK) == []
    assert findings(TEMPLATE, "stack", own_endpoints | {"VpcEndpoints": "false"}) == []


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (["VpcId"], ["SubnetIds", "SecurityGroupIds"]),
        (["SubnetIds"], ["VpcId"]),
        (["SubnetIds", "SecurityGroupIds"], ["VpcId"]),
        (["SubnetIds", "VpcId"], ["SecurityGroupIds"]),
        (["VpcId", "SubnetIds", "SecurityGroupIds", "VpcEndpoints"], ["RouteTableIds"]),
        (["VpcId", "SubnetIds", "SecurityGroupIds", "RouteTableIds"], ["VpcEndpoints"]),
    ],
)
def test_half_a_private_network_is_refused(given: list[str], missing: list[str]) -> None:
    found = findings(TEMPLATE, "stack", {name: NETWORK[name] for name in given})

    assert f"{given[-1]} is set: set {' and '.join(missing)} too" in found


@pytest.mark.parametrize(
    ("messages", "window", "count"),
    [("10", "0", 0), ("11", "0", 1), ("11", "1", 0), ("many", "0", 0)],
)
def test_a_large_batch_requires_a_window(messages: str, window: str, count: int) -> None:
    given = {"MessagesPerInvocation": messages, "BatchingWindowSeconds": window}

    found = findings(TEMPLATE, "stack", given)

    line = "MessagesPerInvocation is 11: set BatchingWindowSeconds to at least 1"
    assert found == [line] * count


@pytest.mark.parametrize(("schedule", "count"), [("cron(0 2 * * ? *)", 0), ("cron(0 2 * * *)", 1)])
def test_a_schedule_that_eventbridge_refuses_is_refused(schedule: str, count: int) -> None:
    found = findings(TEMPLATE, "stack", {"NightlySchedule": schedule})

    assert len([one for one in found if one.startswith("NightlySchedule: cron has 6")]) == count
    assert len(found) == count


def test_the_environment_is_counted_in_bytes() -> None:
    both = {"FineTunedPrompt": UMLAUTS, "PreTrainedPrompt": UMLAUTS}
    plain = {name: text.replace("\u00fc", "u") for name, text in both.items()}
    endpoint = {"PreTrainedEndpoint": "e" * 63}

    assert findings(TEMPLATE, "stack", plain | endpoint) == []
    (found,) = findings(TEMPLATE, "stack", both | endpoint)
    assert "PRE_TRAINED_PROMPT 1208, FINE_TUNED_PROMPT 1207" in found


def test_no_variable_is_forgotten() -> None:
    # Each character more is a byte more, whichever variable it is in.
    total = int(
        findings(TEMPLATE, "stack", {"BaselineSentence": "x" * ENVIRONMENT_BYTES})[0].split()[4]
    )
    more = int(
        findings(
            TEMPLATE, "stack", {"BaselineSentence": "x" * ENVIRONMENT_BYTES, "LogLevel": "WARN5"}
        )[0].split()[4]
    )

    assert more == total + 1


def test_the_command_lists_the_findings_and_fails(tmp_path: Path) -> None:
    template = tmp_path / "sam.json"
    template.write_text(json.dumps(TEMPLATE, default=str), encoding="utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "local.packaging.preflight", *arguments],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )

    good = run("--stack", "radiology", str(template), "LogLevel=INFO")
    bad = run("--stack", "Radiology", str(template), "Unknown=1")
    wrong = run("--stack", "radiology", str(template), "LogLevel")

    assert (good.returncode, good.stdout, good.stderr) == (0, "", "")
    assert bad.returncode == 1
    assert bad.stdout.splitlines() == [
        "Unknown: the template has no such parameter",
        "stack name Radiology: use lower-case letters, digits and single hyphens, a letter first",
    ]
    assert bad.stderr == "error: this cannot be deployed; nothing was created\n"
    assert (wrong.returncode, wrong.stderr) == (2, "error: LogLevel: write KEY=VALUE\n")
