"""Waits until every uploaded record is accounted for."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib.intake.chunk_plan import decode_plan
from chalicelib.objects import result_key
from chalicelib.output.results import read_result
from local.errors import StalledError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from local.client.deployed import Deployed
    from local.client.uploads import Dropped

POLL_S = 0.2
SLOWEST_POLL_S = 2.0
# The pause after a look, in multiples of the time that it took.
PAUSES_PER_LOOK = 9
# The longest wait without any progress.
PATIENCE_S = 600.0


@dataclass(slots=True)
class Answered:
    """One uploaded file and its result document."""

    dropped: Dropped
    result_key: str
    document: dict[str, Any]

    @property
    def records(self) -> int:
        """The file's number of records, as the system counted them."""
        return int(self.document["counts"]["records"])

    @property
    def failed(self) -> int:
        """Records that ended without an impression."""
        return int(self.document["counts"]["failed"])


@dataclass(slots=True)
class Waiter:
    """Polls for result documents; `tell` receives the number of records done so far."""

    stack: Deployed
    dropped: Sequence[Dropped]
    tell: Callable[[int], None]
    patience_s: float = PATIENCE_S
    _answered: dict[str, Answered] = field(default_factory=dict)

    def wait(self) -> list[Answered]:
        """Return every file's result, in the order of the uploads.

        Raises StalledError if there is no progress any more.
        """
        last, since, pause = -1, time.monotonic(), POLL_S
        while len(self._answered) < len(self.dropped):
            began = time.monotonic()
            self._poll()
            done = self._records_done()
            took = time.monotonic() - began
            if done != last:
                last, since, pause = done, time.monotonic(), POLL_S
                self.tell(done)
            elif time.monotonic() - since > self.patience_s:
                raise StalledError(self._stalled())
            if len(self._answered) < len(self.dropped):
                # Of a large file, looking takes time that the stack on this machine needs.
                time.sleep(max(pause, PAUSES_PER_LOOK * took))
                pause = min(pause * 1.2, SLOWEST_POLL_S)
        return [self._answered[one.ref.object_id] for one in self.dropped]

    def _poll(self) -> None:
        bucket, s3 = self.stack.outputs.results_bucket, self.stack.client("s3")
        existing = set(self._result_keys(s3, bucket))
        for one in self.dropped:
            key = result_key(one.ref)
            if one.ref.object_id in self._answered or key not in existing:
                continue
            document = read_result(s3, bucket, one.ref)
            if document is not None:
                self._answered[one.ref.object_id] = Answered(one, key, document)

    def _result_keys(self, s3: Any, bucket: str) -> Iterator[str]:  # noqa: ANN401  # boto3's
        folders = {"/".join(one.ref.key.split("/")[:2]) for one in self.dropped}
        pages = s3.get_paginator("list_objects_v2")
        for folder in sorted(folders):
            for page in pages.paginate(Bucket=bucket, Prefix=f"results/{folder}/"):
                yield from (item["Key"] for item in page.get("Contents", []))

    def _records_done(self) -> int:
        done = 0
        for one in self.dropped:
            if one.ref.object_id in self._answered:
                done += self._answered[one.ref.object_id].records
            else:
                done += self._chunks_done(one)
        return done

    def _chunks_done(self, one: Dropped) -> int:
        """The number of records in the finished chunks of a large file."""
        if one.records <= 1:
            return 0
        found = self.stack.client("dynamodb").get_item(
            TableName=self.stack.outputs.progress_table,
            Key={"object_id": {"S": one.ref.object_id}},
        )
        if "Item" not in found:
            return 0
        plan = decode_plan(found["Item"]["plan"]["S"])
        chunks = [int(name[1:]) for name in found["Item"]["done"]["M"]]
        return sum(stop - start for start, stop in map(plan.bounds, chunks))

    def _stalled(self) -> str:
        missing = [one.ref.key for one in self.dropped if one.ref.object_id not in self._answered]
        return (
            f"{len(missing)} files have no result after {self.patience_s:.0f} s without progress, "
            f"the first is {missing[0]}: check `python -m local status` and the logs"
        )
