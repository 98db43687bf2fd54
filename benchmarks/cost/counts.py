"""What a file uses, counted by `make bench GROUPS=calls` on the real code, and kept here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from common.errors import UsageError

KEPT = Path(__file__).with_name("counts.json")
_A_FILE = "aws_calls_a_file_"
# How S3 charges its operations: the others, such as GET and HEAD, are of the cheaper kind.
_S3_PUTS = ("PutObject", "ListObjectsV2", "CopyObject")
_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")


class Counts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Calls and bytes for a file of one record with a reference, alone in its invocation.

    `commit` is what was measured; `calls` are by service and operation, as botocore sent them.
    """

    commit: str
    calls: dict[str, float]
    bytes_sent: float
    bytes_received: float

    @property
    def s3_puts(self) -> float:
        """Requests to S3 at the price of a PUT."""
        return sum(n for name, n in self._of("s3") if name in _S3_PUTS)

    @property
    def s3_gets(self) -> float:
        """Requests to S3 at the price of a GET."""
        return sum(n for name, n in self._of("s3") if name not in _S3_PUTS)

    @property
    def dynamodb_writes(self) -> float:
        """Units that are written; each item is below 1 KB."""
        return sum(n for name, n in self._of("dynamodb") if name in _WRITES)

    @property
    def dynamodb_reads(self) -> float:
        """Units that are read."""
        return sum(n for name, n in self._of("dynamodb") if name not in _WRITES)

    @property
    def sqs(self) -> float:
        """Requests to SQS by the function itself."""
        return sum(n for _, n in self._of("sqs"))

    def _of(self, service: str) -> list[tuple[str, float]]:
        every = ((*name.partition("."), count) for name, count in self.calls.items())
        return [(operation, count) for owner, _, operation, count in every if owner == service]


def read_counts() -> Counts:
    """The counts that are committed."""
    return msgspec.json.decode(KEPT.read_bytes(), type=Counts)


def counted(document: Mapping[str, Any]) -> Counts:
    """The counts of a document of `make bench` (build/bench.json).

    Raises UsageError if it has no figures of the group `calls`.
    """
    figures: Mapping[str, float] = document.get("figures", {})
    calls = {
        name.removeprefix(_A_FILE): value
        for name, value in figures.items()
        if name.startswith(_A_FILE) and "." in name
    }
    if not calls:
        raise UsageError("build/bench.json has no counts: run make bench GROUPS=calls")
    commit = document["measured"]["bytes_sent_a_file"]["commit"]
    return Counts(commit, calls, figures["bytes_sent_a_file"], figures["bytes_received_a_file"])
