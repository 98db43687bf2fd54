"""What the running stack must not do: leak report text, leave loopback, overstep its role."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError

from common.stack_state import read_state
from local.client import run as running

if TYPE_CHECKING:
    from local.stack.lifecycle import Stack

CANARY = "canaryzx91"
LISTENING = "0A"


def test_report_text_reaches_no_log(stack: Stack, tmp_path: Path) -> None:
    records = [
        {"report_id": CANARY, "findings": f"{CANARY} lungs", "impression": CANARY},
        {"report_id": CANARY, "findings": 7, CANARY: CANARY},
        {"findings": f"{CANARY} lungs", "note": CANARY, "impression": [CANARY]},
    ]
    path = tmp_path / f"{CANARY}.jsonl"
    lines = [json.dumps(record) for record in records]
    path.write_text("\n".join([*lines, f'{{"findings": "{CANARY}']), encoding="utf-8")

    report = running.run(stack, [str(path)], quiet=True, patience_s=60)

    events = stack.client("logs").filter_log_events(logGroupName=stack.outputs.log_group)["events"]
    logged = "\n".join(event["message"] for event in events)
    assert (report.records, report.failed) == (4, 3)
    assert report.answered[0].dropped.ref.object_id in logged
    assert CANARY not in logged
    for log in stack.settings.logs_directory.iterdir():
        assert CANARY not in log.read_text(encoding="utf-8", errors="replace"), log.name


@pytest.mark.skipif(not Path("/proc/net/tcp").is_file(), reason="reads Linux's /proc")
def test_nothing_listens_beyond_loopback(stack: Stack) -> None:
    state = read_state(stack.settings.state_file)
    assert state.ministack is not None
    assert state.sagemaker is not None
    ports = {state.ministack.port, state.sagemaker.port}

    heard = listening_sockets([state.ministack.pid, state.sagemaker.pid])

    assert {port for _, port in heard} >= ports
    assert {address for address, _ in heard} == {"0100007F"}, heard


@pytest.mark.parametrize(
    ("service", "action", "arguments"),
    [
        ("s3", "list_buckets", {}),
        ("s3", "put_object", {"Bucket": "results", "Key": "elsewhere/x", "Body": b""}),
        ("s3", "get_object", {"Bucket": "results", "Key": "lake/x"}),
        ("s3", "put_object", {"Bucket": "landing", "Key": "incoming/x/y.json", "Body": b""}),
        ("dynamodb", "scan", {"TableName": "progress"}),
        ("sqs", "purge_queue", {"QueueUrl": "queue"}),
    ],
)
def test_the_functions_role_may_do_only_its_own_work(
    stack: Stack, service: str, action: str, arguments: dict[str, object]
) -> None:
    outputs = stack.outputs
    names = {
        "results": outputs.results_bucket,
        "landing": outputs.landing_bucket,
        "progress": outputs.progress_table,
        "queue": outputs.work_queue_url,
    }
    found = stack.client("lambda").get_function(FunctionName=outputs.function_name)
    role = found["Configuration"]["Role"]
    keys = stack.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    client = boto3.client(
        service,
        endpoint_url=stack.aws_url,
        region_name=stack.settings.region,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    named = {
        name: names.get(value, value) if isinstance(value, str) else value
        for name, value in arguments.items()
    }

    with pytest.raises(ClientError) as refused:
        getattr(client, action)(**named)

    assert "AccessDenied" in refused.value.response["Error"]["Code"]


def listening_sockets(groups: list[int]) -> set[tuple[str, int]]:
    """Hexadecimal address and port of what the process groups of these leaders listen on."""
    inodes = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            group = int((process / "stat").read_text().rsplit(")", 1)[1].split()[2])
            if group in groups:
                inodes |= {str(link.readlink()) for link in (process / "fd").iterdir()}
        except OSError:
            continue  # it ended while we looked
    heard = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and f"socket:[{fields[9]}]" in inodes:
                address, port = fields[1].split(":")
                heard.add((address, int(port, 16)))
    return heard
