"""A record whose processing ends the function's process, every time.

Injected: The process is killed whenever it asks the model for one record, in a small file, in a
file of one record, or in a chunk of a large file; its message comes with four others.
Asserted: The four others are answered by the second delivery, and paid for once. The record fails
as `ProcessDied`, its neighbours in a small file are drafted, and no message becomes a dead letter.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.account.model import Runtime
from tests.account.settings import BATCH_SIZE
from tests.account.texts import json_lines
from tests.injection.campaign import isolated
from tests.injection.deployment import Deployment
from tests.injection.wire import KilledError, Sending

DEADLY = "The deadly findings."
KEY = "incoming/ward/deadly.jsonl"
OTHERS = [f"incoming/ward/{number}.json" for number in range(BATCH_SIZE - 1)]


def kill(sending: Sending) -> None:
    """End the process in every call of the model with the deadly findings."""
    if sending.call.operation == "InvokeEndpoint" and DEADLY.encode() in sending.body:
        raise KilledError


def run(deployment: Deployment, records: list[str], **settings: str) -> None:
    deployment.account.configure(settings)
    deployment.wire.disturb = kill
    deployment.drop(KEY, json_lines(*[{"findings": text} for text in records]))
    for key in OTHERS:
        deployment.drop(key, json_lines({"findings": f"Clear lungs in {key}."}))
    deployment.run()


@pytest.mark.parametrize(
    ("records", "settings", "failed", "neighbours"),
    [
        pytest.param(["Left.", DEADLY, "Right."], {}, [1], 2, id="small file"),
        pytest.param([DEADLY], {}, [None], 0, id="file of one record"),
        pytest.param(
            ["One.", "Two.", DEADLY, "Four.", "Five."],
            {"CHUNK_RECORDS": "2"},
            [2, 3],
            3,
            id="chunk of a large file",
        ),
    ],
)
def test_42_a_deadly_record_fails_by_name_and_takes_no_message_with_it(
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
    records: list[str],
    settings: dict[str, str],
    failed: list[Any],
    neighbours: int,
) -> None:
    with isolated(runtime, monkeypatch) as deployment, deployment.wire.tapped():
        account = deployment.account

        run(deployment, records, **settings)

        failures = account.rows("failures")
        assert [row["record_index"] for row in failures] == failed
        assert all("ended the function's process" in row["error_message"] for row in failures)
        drafted = {row["findings"] for row in account.rows("impressions")}
        assert len(drafted) == len(OTHERS) + neighbours
        assert account.waiting() == 0
        dead = account.sqs.get_queue_attributes(
            QueueUrl=account.dead_letter_url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        assert dead["Attributes"]["ApproximateNumberOfMessages"] == "0"
        paid = Counter(prompt for prompt in account.model.prompts if "Clear lungs" in prompt)
        assert sorted(paid.values()) == [1] * len(OTHERS)
