"""What is run, undisturbed and with each fault: files, and what operators and the clock do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from chalicelib.nightly.ledger import NightLedger
from chalicelib.settings import current_settings
from tests.account.settings import LANDING, PROMPT_HEAD
from tests.account.texts import hl7_batch, json_lines
from tests.injection.clock import BEGINS
from tests.injection.deployment import Deployment

Records = Sequence[Mapping[str, Any]]

NIGHT = timedelta(hours=6)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
# The first starts the job, the second finds everything done. Further ones heal.
NIGHTS = 2
MOST_NIGHTS = 4
_SCHEDULED = {
    "version": "0",
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "123456789012",
    "time": "2026-11-03T02:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {},
}


@dataclass(frozen=True)
class Scenario:
    """A run: `act` does it, in an account with these settings.

    `files` are all reports by landing key: what of them the model is asked for in one piece is a
    unit.
    """

    name: str
    files: Mapping[str, Records]
    act: Callable[[Deployment, Mapping[str, Records]], None]
    settings: Mapping[str, str] = field(default_factory=dict)
    has_pre_trained: bool = False

    def unit_of(self, prompt: str) -> tuple[str, int]:
        """The unit to which a prompt belongs: its file, and its chunk there."""
        size = int(self.settings.get("CHUNK_RECORDS", "50"))
        for key, records in self.files.items():
            for index, record in enumerate(records):
                if prompt == f"{PROMPT_HEAD}{record.get('findings')}":
                    return key, index // size
        return "a prompt of no record", 0


def reports(name: str, count: int, bad: int | None = None) -> Records:
    """So many reports, no two alike, with references; the one at `bad` has no findings."""
    return [
        {"report_id": f"{name}{number}", "impression": f"Normal chest, {name} {number}."}
        | ({} if number == bad else {"findings": f"The lungs of {name} {number} are clear."})
        for number in range(count)
    ]


def _uploaded(deployment: Deployment, files: Mapping[str, Records]) -> None:
    for key, records in files.items():
        deployment.drop(key, json_lines(*records))
    deployment.run()


def _uploaded_as_hl7(deployment: Deployment, files: Mapping[str, Records]) -> None:
    for key, records in files.items():
        deployment.drop(key, hl7_batch(*records))
    deployment.run()


def _uploaded_in_another_format(deployment: Deployment, files: Mapping[str, Records]) -> None:
    """An HL7 message, and later JSON under the same key: the answer in HL7 must go."""
    ((key, (first, second)),) = files.items()
    for number, content in enumerate((hl7_batch(first), json_lines(second))):
        deployment.at(
            BEGINS.timestamp() + number * HOUR.total_seconds(),
            partial(deployment.drop, key, content),
        )
    deployment.run()


def _by_night(deployment: Deployment, files: Mapping[str, Records]) -> None:
    """No event tells of these files: the night finds them."""
    for key, records in files.items():
        deployment.put(key, json_lines(*records))
    for number in range(MOST_NIGHTS):
        begins = BEGINS + NIGHT + number * DAY
        deployment.at(
            begins.timestamp(),
            partial(
                deployment.invoke_asynchronously, "nightly", dict(_SCHEDULED), f"night-{number}"
            ),
        )
        deployment.run()
        if number + 1 >= NIGHTS and _is_settled(deployment):
            return


def _uploaded_again(deployment: Deployment, files: Mapping[str, Records]) -> None:
    """Content A, then B, then A again under one key, whatever becomes of the one before."""
    ((key, records),) = files.items()
    contents = [json_lines(record) for record in records]
    for number, content in enumerate([*contents, contents[0]]):
        deployment.at(
            BEGINS.timestamp() + number * HOUR.total_seconds(),
            partial(deployment.drop, key, content),
        )
    deployment.run()


def _operated(deployment: Deployment, files: Mapping[str, Records]) -> None:
    """A dead letter is sent back, and later the file is run again."""
    ((key, records),) = files.items()
    message = deployment.put(key, json_lines(*records)).notification()
    account = deployment.account
    account.sqs.send_message(QueueUrl=account.dead_letter_url, MessageBody=message)
    for number, request in enumerate(
        [
            {"action": "counts"},
            {"action": "redrive"},
            {"action": "file", "key": key},
            {"action": "rerun", "key": key, "token": "again"},
        ]
    ):
        deployment.at(
            BEGINS.timestamp() + number * DAY.total_seconds(),
            partial(deployment.operate, **request),
        )
    deployment.run()


def _is_settled(deployment: Deployment) -> bool:
    """Whether every file has a result, and no batch is open."""
    account = deployment.account
    ledger = NightLedger(account.dynamodb, current_settings().progress_table)
    results = set(account.list_keys())
    has_all = all(f"results/{key}.json" in results for key in account.list_keys(LANDING))
    return has_all and not ledger.read().nights


KEY = "incoming/ward/a.jsonl"
_CHUNKED = {"CHUNK_RECORDS": "2"}
_ONE_BY_ONE = {"CHUNK_RECORDS": "1"}
SCENARIOS = (
    Scenario("one record", {KEY: reports("a", 1)}, _uploaded),
    Scenario("three records, one bad", {KEY: reports("a", 3, bad=1)}, _uploaded),
    Scenario("three chunks", {KEY: reports("a", 6, bad=3)}, _uploaded, _CHUNKED),
    Scenario(
        "evaluation with two models",
        {"evaluation/dev/a.jsonl": reports("a", 2)},
        _uploaded,
        has_pre_trained=True,
    ),
    Scenario(
        "a night",
        {
            KEY: reports("s", 1),
            "nightly/ward/a.jsonl": reports("a", 3, bad=1),
            "nightly/ward/b.jsonl": reports("b", 2),
        },
        _by_night,
        {"CHUNK_RECORDS": "2", "SHARD_RECORDS": "2"},
    ),
    Scenario("redrive and re-run", {KEY: reports("a", 2)}, _operated),
    Scenario(
        "an HL7 batch in chunks",
        {"incoming/ward/a.hl7": reports("a", 3, bad=1)},
        _uploaded_as_hl7,
        _CHUNKED,
    ),
    Scenario("HL7, then JSON", {KEY: reports("a", 2)}, _uploaded_in_another_format, _ONE_BY_ONE),
    Scenario("A, B, A", {KEY: reports("a", 2)}, _uploaded_again, _ONE_BY_ONE),
)
