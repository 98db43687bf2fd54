"""What processing one message needs, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from chalicelib.drafting.shared_calls import Seat
from chalicelib.intake.chunk_plan import Plans
from chalicelib.output.document import Counts
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

# How long a claim's record is kept: longer than a message can stay in the work queue and the
# dead-letter queue.
REMEMBERED_S = 7 * 86_400


@dataclass(frozen=True)
class ProcessingContext:
    """Everything that processing one message needs.

    `seat` is its place in the model calls that the messages of an invocation share, `plans` are the
    plans of large objects that the invocation has read. `attempt` counts the message's deliveries
    from 1, `started_at` is the wall-clock time. `deaths` counts the runs of this message that have
    ended their process, and `alone` says that no other message of the invocation would be affected
    if this run did.
    """

    settings: Settings
    s3: S3Client
    sqs: SQSClient
    dynamodb: DynamoDBClient
    seat: Seat
    plans: Plans
    attempt: int
    request_id: str
    started_at: datetime
    alone: bool = True
    deaths: int = 0


class WorkResult(msgspec.Struct, frozen=True):
    """The result of a unit of work.

    `chunks` is above 0 if it was split and sent to the queue, `files` is 1 if it completed its
    object. `superseded` says that its result does not stand: a later upload or re-run has one.
    """

    counts: Counts
    chunks: int = 0
    files: int = 0
    superseded: bool = False


class EarlierRuns(NamedTuple):
    """What is known of earlier runs of a unit.

    `deaths` is how many in a row have ended their process, `may_have_written` says that one began.
    """

    deaths: int = 0
    may_have_written: bool = False
