"""What the functions do in production, each as a story that fails if a call is denied.

Every function is called by its entry point, and everything that it works with is real in the test
account, SageMaker's control plane included.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.account.faults import expire_claims
from tests.account.landed import Landed
from tests.account.settings import FINE_TUNED, LANDING, RESULTS, SETTINGS
from tests.account.texts import fhir_report, hl7_batch, json_lines
from tests.grants.deployment import Deployment
from tests.nights import reports

LANES = ("incoming", "evaluation", "nightly")
CHUNKED = 120
REPORT = {"report_id": "r1", "findings": "Lungs clear."}
ANSWERS = ("results/incoming/ward/a.hl7", "results/incoming/ward/a.fhir.json")
SOON = 1000  # ms that are left, too few to go on


def _states(at: Deployment, keys: Sequence[str]) -> set[str]:
    return {at.ask("file", key=key)["state"] for key in keys}


def small_files(at: Deployment) -> None:
    """A file in each immediate lane, twice; then each lane once more as an operator's re-run."""
    at.account.add_pre_trained()
    at.account.finish("incoming/ward/a.json", reports(2))
    landed = at.account.drop("evaluation/set/a.json", reports(2))
    at.account.drain()
    at.account.deliver(landed.notification())
    at.account.put("nightly/ward/a.json", reports(2))

    sent = [at.ask("rerun", prefix=f"{lane}/")["rerun"] for lane in LANES]
    at.account.drain()

    keys = [f"{lane}/{'set' if lane == 'evaluation' else 'ward'}/a.json" for lane in LANES]
    assert sent == [1, 1, 1]
    assert _states(at, keys) == {"complete"}
    assert at.account.given_back == []


def large_file(at: Deployment) -> None:
    """A file in chunks, and the state that an operator sees meanwhile."""
    at.account.drop("incoming/ward/large.json", reports(CHUNKED))
    at.account.drain()

    assert at.ask("file", key="incoming/ward/large.json")["state"] == "complete"
    assert len(at.account.result("incoming/ward/large.json")["parts"]) == 3
    assert at.account.given_back == []


def gone_before_it_is_read(at: Deployment) -> None:
    """A file that is deleted before its message is read ends as ObjectGone, not as denied."""
    for lane in LANES:
        landed = at.account.put(f"{lane}/ward/gone.json", reports(1))
        at.account.s3.delete_object(Bucket=LANDING, Key=landed.key, VersionId=landed.version_id)
        at.account.deliver(landed.notification())
    at.account.drain()

    assert {row["error_type"] for row in at.account.rows("failures")} == {"ObjectGone"}


def uploaded_again(at: Deployment) -> None:
    """A result that was deleted is made again when its message arrives again."""
    landed = at.account.drop("incoming/ward/a.json", reports(1))
    at.account.drain()
    at.account.s3.delete_object(Bucket=RESULTS, Key="results/incoming/ward/a.json.json")
    expire_claims(at.account)
    at.account.deliver(landed.notification())
    at.account.drain()

    assert at.account.result("incoming/ward/a.json")["status"] == "complete"


def replaced(at: Deployment) -> None:
    """Two versions of one key: the newer one's result is written over the older one's."""
    for count in (1, 2):
        at.account.drop("incoming/ward/a.json", reports(count))
        at.account.drain()

    assert at.account.result("incoming/ward/a.json")["counts"]["records"] == 2


def a_model_is_away(at: Deployment) -> None:
    """The other model's drafts are kept until it is back, and nothing is paid for again."""
    model = at.account.add_pre_trained()
    away = True

    def decide(name: str, _: str) -> tuple[int, str] | None:
        return (400, "ValidationError") if away and name == FINE_TUNED else None

    at.account.trouble_endpoint(decide)
    at.account.drop("evaluation/set/a.json", reports(2))
    at.account.drain()
    assert len(at.account.given_back) == 1
    away = False
    at.account.redeliver()
    at.account.drain()

    assert at.account.result("evaluation/set/a.json")["status"] == "complete"
    assert len(model.prompts) == 2
    assert "could not extend the visibility timeout" not in at.account.logs


def another_format(at: Deployment) -> None:
    """Reports in HL7 and FHIR are answered in kind; the answer goes when JSON takes their place."""
    for content in (hl7_batch(REPORT), fhir_report(REPORT)):
        at.account.finish("incoming/ward/a", content)
        assert at.account.result("incoming/ward/a")["answer"]["reports"] == 1
        at.account.finish("incoming/ward/a", json_lines(REPORT))

        assert not {*ANSWERS} & {*at.account.list_keys()}


def another_invocation_works_on_it(at: Deployment) -> None:
    """A file that another invocation has claimed goes back to the queue."""
    landed = at.account.drop("incoming/ward/a.json", reports(1))
    at.account.drain()
    table = SETTINGS["IDEMPOTENCY_TABLE"]
    (claim,) = at.account.dynamodb.scan(TableName=table)["Items"]
    claim |= {"status": {"S": "INPROGRESS"}, "owner": {"S": "another"}}
    claim["in_progress_expiration"] = {"N": str(int(time.time() + 900) * 1000)}
    at.account.dynamodb.put_item(TableName=table, Item=claim)
    at.account.s3.delete_object(Bucket=RESULTS, Key="results/incoming/ward/a.json.json")
    at.account.deliver(landed.notification())
    at.account.drain()

    assert len(at.account.given_back) == 1


def night(at: Deployment) -> None:
    """A whole night: swept, gathered, transformed, told of, and joined."""
    at.account.put("incoming/ward/lost.json", reports(1))
    at.account.put("evaluation/set/lost.json", reports(1, 1))
    at.account.put("nightly/ward/a.json", reports(2, 2))
    at.account.put("nightly/ward/large.json", reports(CHUNKED, 10))
    told = at.run_night()
    assert (told["requeued"], told["objects"]) == (2, 2)
    assert at.ask("file", key="nightly/ward/a.json")["state"] == "in batch"
    assert len(at.ask("counts")["nights"]) == 1

    at.end_job(told["job"])
    at.tell(told["job"])
    assert at.run_night()["objects"] == 0

    keys = ["incoming/ward/lost.json", "evaluation/set/lost.json", "nightly/ward/large.json"]
    assert _states(at, [*keys, "nightly/ward/a.json"]) == {"complete"}
    assert at.account.given_back == []
    assert at.ask("counts")["nights"] == []


def the_event_is_lost(at: Deployment) -> None:
    """The next run finds that the job has ended; until then its files count as claimed."""
    at.account.put("nightly/ward/a.json", reports(2))
    job = at.run_night()["job"]
    at.end_job(job)

    assert at.run_night()["job"] is None
    at.account.drain()
    assert at.ask("file", key="nightly/ward/a.json")["state"] == "complete"


def two_invocations(at: Deployment) -> None:
    """A run that is out of time hands on to another invocation of itself."""
    at.account.put("nightly/ward/a.json", reports(2))
    event: Mapping[str, Any] = {}
    answer = at.call("nightly", event, milliseconds=SOON)
    assert answer["status"] == "continues"
    while answer["status"] == "continues":
        answer = at.call("nightly", json.loads(at.guard.invocations.pop()))

    assert answer["records"] == 2


def live_mode(at: Deployment) -> None:
    """Without batches, the run sends the lane to the live endpoint."""
    at.account.configure({"NIGHTLY_MODE": "live"})
    at.account.put("nightly/ward/a.json", reports(2))
    assert at.run_night()["requeued"] == 1
    at.account.drain()

    assert at.account.result("nightly/ward/a.json")["status"] == "complete"


def operators(at: Deployment) -> None:
    """States of files that do not exist or wait, counts, and dead letters that go back."""
    for lane in LANES:
        assert "error" in at.ask("file", key=f"{lane}/ward/none.json")
        at.account.put(f"{lane}/ward/a.json", reports(1))
        assert at.ask("file", key=f"{lane}/ward/a.json")["state"] == "waiting"
        assert at.ask("rerun", key=f"{lane}/ward/a.json")["rerun"] == 1
    at.account.drain()
    at.account.sqs.send_message(
        QueueUrl=at.account.dead_letter_url,
        MessageBody=Landed("incoming/ward/a.json", "etag", "").own(),
    )

    assert at.ask("counts")["files"] == {"complete": 3}
    assert at.ask("redrive") == {"redriven": 1, "left": 0}


SCENARIOS: tuple[Callable[[Deployment], None], ...] = (
    small_files,
    large_file,
    gone_before_it_is_read,
    uploaded_again,
    replaced,
    another_format,
    another_invocation_works_on_it,
    a_model_is_away,
    night,
    the_event_is_lost,
    two_invocations,
    live_mode,
    operators,
)
