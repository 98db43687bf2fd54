"""What processing one message needs, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from chalicelib.drafting.endpoint import EndpointClient
from chalicelib.output.document import Counts
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class ProcessingContext:
    """Everything that processing one message needs.

    `attempt` counts the message's deliveries from 1, `started_at` is the wall-clock time. `died`
    says that the last run of this message ended its process, and `alone` that no other message of
    the invocation would be affected if this run did.
    """

    settings: Settings
    s3: S3Client
    sqs: SQSClient
    dynamodb: DynamoDBClient
    endpoint: EndpointClient
    attempt: int
    request_id: str
    started_at: datetime
    alone: bool = True
    died: bool = False


class WorkResult(msgspec.Struct, frozen=True):
    """The result of a unit of work.

    `chunks` is above 0 if it was split and sent to the queue, `files` is 1 if it completed its
    object.
    """

    counts: Counts
    chunks: int = 0
    files: int = 0
