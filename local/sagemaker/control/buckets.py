"""The control plane's access to the local AWS: S3, CloudWatch Logs and metrics."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from common.stack_settings import LocalStackSettings
from local.aws import client

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
METRIC_NAMESPACE = "/aws/sagemaker/TrainingJobs"
TROUBLE = (BotoCoreError, ClientError, Boto3Error)
RETRY_S = 1.0
_SERVER_ERROR = 500


class Aws:
    """The local AWS, as far as SageMaker uses it on behalf of its caller."""

    def __init__(self, url: str, settings: LocalStackSettings) -> None:
        """`url` is MiniStack's."""
        self._url, self._settings = url, settings
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()  # clients are thread-safe, but creating one is not

    def _client(self, service: str) -> Any:  # noqa: ANN401  # boto3's
        with self._lock:
            if service not in self._clients:
                self._clients[service] = client(service, self._url, self._settings)
            return self._clients[service]

    def fetch(self, uri: str, folder: Path) -> list[Path]:
        """Download an object, or all objects with this prefix; returns the files.

        A single object keeps its file name; objects of a prefix keep the rest of their keys.
        """
        s3 = self._client("s3")
        bucket, prefix = split(uri)
        files = []
        for key in self._keys(s3, bucket, prefix):
            rest = key[len(prefix) :].lstrip("/") or key.rpartition("/")[2]
            path = folder.joinpath(*(part for part in rest.split("/") if part not in _UPWARDS))
            path.parent.mkdir(parents=True, exist_ok=True)
            s3.download_file(bucket, key, str(path))
            files.append(path)
        return files

    def put(self, path: Path, uri: str) -> None:
        """Upload one file."""
        bucket, key = split(uri)
        self._client("s3").upload_file(str(path), bucket, key)

    def put_bytes(self, data: bytes, uri: str) -> None:
        """Write one object."""
        bucket, key = split(uri)
        self._client("s3").put_object(Bucket=bucket, Key=key, Body=data)

    def open_log(self, stream: str) -> None:
        """Create a job's log stream."""
        logs = self._client("logs")
        for create, arguments in (
            (logs.create_log_group, {"logGroupName": LOG_GROUP}),
            (logs.create_log_stream, {"logGroupName": LOG_GROUP, "logStreamName": stream}),
        ):
            try:
                create(**arguments)
            except ClientError as error:
                if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
                    raise

    def log(self, stream: str, lines: Sequence[tuple[int, str]]) -> None:
        """Write log lines, each with its time in milliseconds since 1970."""
        self._client("logs").put_log_events(
            logGroupName=LOG_GROUP,
            logStreamName=stream,
            logEvents=[{"timestamp": stamp, "message": text} for stamp, text in lines],
        )

    def measure(self, job: str, values: Sequence[tuple[str, float, float]]) -> None:
        """Write metric values of a job: name, value, seconds since 1970."""
        self._client("cloudwatch").put_metric_data(
            Namespace=METRIC_NAMESPACE,
            MetricData=[
                {
                    "MetricName": name,
                    "Dimensions": [{"Name": "TrainingJobName", "Value": job}],
                    "Timestamp": datetime.fromtimestamp(stamp, UTC),
                    "Value": value,
                }
                for name, value, stamp in values
            ],
        )

    def _keys(self, s3: Any, bucket: str, prefix: str) -> Iterator[str]:  # noqa: ANN401  # boto3's
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Contents", []):
                if not item["Key"].endswith("/"):
                    yield item["Key"]


_UPWARDS = ("", ".", "..")


def split(uri: str) -> tuple[str, str]:
    """The bucket and the key, or prefix, of an S3 URI."""
    # Not urlsplit: a key may contain ? and #.
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def patiently(action: Callable[[], None], seconds: float) -> None:
    """Run `action`, with retries while AWS is down: `local up` may be restarting MiniStack.

    Raises one of TROUBLE if AWS rejects the request or stays down.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return action()
        except TROUBLE as error:
            if _is_rejection(error) or time.monotonic() > deadline:
                raise
        time.sleep(RETRY_S)


def _is_rejection(error: Exception) -> bool:
    cause = error.__cause__ or error.__context__ if isinstance(error, Boto3Error) else error
    if not isinstance(cause, ClientError):
        return False
    status: int = cause.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return 0 < status < _SERVER_ERROR
