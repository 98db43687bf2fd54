"""The context of a nightly run, and the point where the next invocation continues."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from chalicelib.nightly.ledger import NightLedger
from chalicelib.queue import sender
from chalicelib.queue.messages import OwnMessage, ShardReady
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sqs import SQSClient

# Time that an invocation reserves to finish a slice of objects and start the next invocation.
# Every invocation processes at least one slice.
RESERVE_S = 240.0


class Continuation(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an invocation continues: the lane, the last finished key, the batch and its counts."""

    lane: str
    after: str = ""
    night: str = ""
    attempt: int = 0
    shards: int = 0
    objects: int = 0
    records: int = 0
    requeued: int = 0


@dataclass(frozen=True)
class NightlyContext:
    """Everything that a nightly run needs.

    `hand_on` starts the next invocation; `owner` is the request id of this one.
    """

    settings: Settings
    s3: S3Client
    sqs: SQSClient
    dynamodb: DynamoDBClient
    sagemaker: SageMakerClient
    seconds_left: Callable[[], float]
    hand_on: Callable[[Continuation], None] = lambda _resume: None
    clock: Callable[[], float] = time.time
    owner: str = ""

    @property
    def ledger(self) -> NightLedger:
        """The ledger of the nightly batches in progress."""
        return NightLedger(self.dynamodb, self.settings.progress_table)

    @property
    def is_late(self) -> bool:
        """Whether the next invocation should take over."""
        return self.seconds_left() < RESERVE_S

    def send(self, messages: Iterable[OwnMessage | ShardReady]) -> int:
        """Send messages to the work queue."""
        return sender.send(self.sqs, self.settings.work_queue_url, messages)
