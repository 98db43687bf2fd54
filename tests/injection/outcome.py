"""What a run comes to, and in what two runs differ."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from moto.backends import get_backend
from moto.s3.models import FakeDeleteMarker

from tests.account.settings import FINE_TUNED, PRE_TRAINED, RESULTS
from tests.account.texts import decode, lines
from tests.injection.deployment import ACCOUNT_ID, Deployment
from tests.injection.scenarios import Scenario

# The columns that describe the run (docs/adr/0003). Everything else is the same bytes.
CLOCK_COLUMNS = (
    "latency_ms",
    "call_records",
    "attempt",
    "lambda_request_id",
    "started_at",
    "finished_at",
)
# Scratch: drafts that were kept for a second delivery, the folders of batches.
SCRATCH = "work/"

Paid = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Outcome:
    """What a run left behind: the results bucket, what was paid, and the queues.

    `stored` is bytes and metadata by key, `paid` counts prompts by model. `asked` has the prompts
    of each invocation.
    """

    stored: Mapping[str, tuple[bytes, Mapping[str, str]]]
    paid: Paid
    dead_letters: int
    waiting: int
    asked: Sequence[set[str]]


def outcome_of(deployment: Deployment) -> Outcome:
    """Look at what there is now."""
    account = deployment.account
    # Read inside moto: half of the time of short runs otherwise.
    bucket = get_backend("s3")[ACCOUNT_ID]["aws"].buckets[RESULTS]
    stored = {
        key: (_timeless(key, found.value), dict(found.metadata))
        for key, found in bucket.keys.items()
        if not key.startswith(SCRATCH) and not isinstance(found, FakeDeleteMarker)
    }
    # A transform job drafts with the live model.
    paid: Paid = Counter({(FINE_TUNED, prompt): n for prompt, n in deployment.drafted.items()})
    paid.update((FINE_TUNED, prompt) for prompt in account.runtime.fine_tuned.prompts)
    paid.update((PRE_TRAINED, prompt) for prompt in account.runtime.pre_trained.prompts)
    found = account.sqs.get_queue_attributes(
        QueueUrl=account.dead_letter_url, AttributeNames=["ApproximateNumberOfMessages"]
    )
    dead = int(found["Attributes"]["ApproximateNumberOfMessages"])
    return Outcome(stored, paid, dead, account.waiting(), tuple(deployment.wire.asked))


def deviations(scenario: Scenario, undisturbed: Outcome, found: Outcome) -> Iterator[str]:
    """In what a disturbed run differs from the undisturbed one, in words."""
    if found.dead_letters:
        yield f"{found.dead_letters} dead letters"
    if found.waiting:
        yield f"{found.waiting} messages still wait"
    for key in sorted(undisturbed.stored.keys() | found.stored.keys()):
        before, after = undisturbed.stored.get(key), found.stored.get(key)
        if after is None:
            yield f"missing: {key}"
        elif before is None:
            yield f"not there otherwise: {key}"
        elif before != after:
            yield f"other bytes: {key}"
    yield from _overpaid(scenario, undisturbed.paid, found)


def _overpaid(scenario: Scenario, undisturbed: Paid, found: Outcome) -> Iterator[str]:
    """The interrupted unit may be paid once more, with those of its invocation, and nothing else.

    The units of an invocation share calls, and a killed process kills all of them.
    """
    for (model, prompt), times in (undisturbed - found.paid).items():
        yield f"{model} was asked {times} times less for {scenario.unit_of(prompt)}"
    more = found.paid - undisturbed
    prompts = {prompt for _, prompt in more}
    units = {scenario.unit_of(prompt) for prompt in prompts}
    if len(units) > 1 and not any(prompts <= asked for asked in found.asked):
        yield f"units of several invocations were paid again: {sorted(units)}"
    for (model, prompt), times in more.items():
        if times > 1:
            yield f"{model} was paid {times} times more for {scenario.unit_of(prompt)}"


def _timeless(key: str, body: bytes) -> bytes:
    """The body of an object, of the lake's the rows without the clock columns."""
    if not key.startswith("lake/"):
        return body
    rows = [decode(line) for line in lines(gzip.decompress(body))]
    for row in rows:
        row.update((name, None) for name in CLOCK_COLUMNS if name in row)
    return "\n".join(json.dumps(row) for row in rows).encode()
