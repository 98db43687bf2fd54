"""Reads a stack's buckets and dead-letter queue into the books that the ledger balances."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.objects import ObjectRef, result_key
from local.client.deployed import Deployed
from tests.soak.books import Books, Entry, Expected, Result, Row, Upload
from tests.soak.load import Load

TABLES = ("files", "impressions", "failures", "rouge_scores")


@dataclass
class Gatherer:
    """Reads objects once each, by key and ETag."""

    load: Load
    _read: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _etags: dict[str, str] = field(default_factory=dict)

    def books(self, stack: Deployed) -> Books:
        """The books of this moment."""
        uploads = list(self._uploads(stack))
        return Books(
            uploads=uploads,
            acknowledged=list(self.load.acknowledged),
            results=list(self._results(stack, uploads)),
            rows=list(self._rows(stack)),
            dead_letters=list(dead_letters(stack)),
            poison=frozenset(self.load.poison),
        )

    def _uploads(self, stack: Deployed) -> Iterator[Upload]:
        s3, bucket = stack.client("s3"), stack.outputs.landing_bucket
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for item in page.get("Versions", []):
                key, version = item["Key"], item["VersionId"]
                if (key, version) not in self._read:
                    body = s3.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read()
                    self._read[key, version] = body
                expected = self._expected(key, self._read[key, version])
                yield Upload(key, version, item["ETag"].strip('"'), expected, item["IsLatest"])

    def _expected(self, key: str, data: bytes) -> Expected:
        """What must come of a version; an upload without an answer may be there too."""
        for file in self.load.contents[key]:
            if file.data == data:
                return file.expected
        message = f"{key} has a content that was never uploaded"
        raise AssertionError(message)

    def _results(self, stack: Deployed, uploads: list[Upload]) -> Iterator[Result]:
        s3, bucket = stack.client("s3"), stack.outputs.results_bucket
        existing = dict(self._listed(stack, "results/"))
        for upload in uploads:
            key = result_key(ObjectRef("", upload.key, ""))
            if not upload.is_newest or key not in existing:
                continue
            document = json.loads(self._body(stack, key, existing[key]))
            source = document["source"]
            metadata = s3.head_object(Bucket=bucket, Key=key)["Metadata"]
            entries = document.get("impressions")
            if entries is None:
                parts = [s3.get_object(Bucket=bucket, Key=part) for part in document["parts"]]
                lines = b"".join(part["Body"].read() for part in parts).splitlines()
                entries = [json.loads(line) for line in lines]
            yield Result(
                upload.key,
                source["etag"],
                document["status"],
                tuple(
                    Entry(one["report_id"], one.get("error", {}).get("type", "")) for one in entries
                ),
                metadata.get("source-version") or None,
            )

    def _rows(self, stack: Deployed) -> Iterator[Row]:
        for table in TABLES:
            for key, etag in self._listed(stack, f"lake/{table}/"):
                for line in gzip.decompress(self._body(stack, key, etag)).splitlines():
                    yield _row(table, json.loads(line))

    def _listed(self, stack: Deployed, prefix: str) -> Iterator[tuple[str, str]]:
        pages = stack.client("s3").get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=stack.outputs.results_bucket, Prefix=prefix):
            for item in page.get("Contents", []):
                yield item["Key"], item["ETag"]

    def _body(self, stack: Deployed, key: str, etag: str) -> bytes:
        if (key, etag) not in self._read:
            s3, bucket = stack.client("s3"), stack.outputs.results_bucket
            self._read[key, etag] = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return self._read[key, etag]


def _row(table: str, row: Mapping[str, Any]) -> Row:
    return Row(
        table,
        row["run_id"],
        row["source_key"],
        row.get("source_etag"),
        row.get("source_version_id"),
        row.get("record_index"),
        row.get("model_role"),
        row.get("report_id"),
        row.get("metric"),
        row.get("error_type"),
        has_reference=row.get("reference_impression") is not None,
    )


def dead_letters(stack: Deployed) -> Iterator[str]:
    """The bodies in the dead-letter queue, which stay there."""
    sqs, url = stack.client("sqs"), stack.outputs.dead_letter_queue_url
    while True:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=5)
        if not found.get("Messages"):
            return
        for message in found["Messages"]:
            yield message["Body"]


def depth(stack: Deployed) -> int:
    """The messages in the work queue, hidden ones included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = stack.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs.work_queue_url, AttributeNames=names
    )["Attributes"]
    return sum(int(found[name]) for name in names)
