"""A job's log in CloudWatch Logs, read incrementally."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from common.aws import Target, explained
from common.errors import AwsError

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
_DENIED = ("AccessDeniedException", "AccessDenied")
_GONE = "ResourceNotFoundException"


@dataclass(frozen=True)
class Line:
    """One log line with its timestamp in milliseconds since 1970."""

    at: int
    text: str


class JobLog:
    """The log of one job. `denied` says whether the last read was denied."""

    def __init__(self, target: Target, job_name: str) -> None:
        """Start at the beginning of the log."""
        self._target, self._job_name = target, job_name
        self._tokens: dict[str, str] = {}
        self.denied = False

    def read(self) -> list[Line]:
        """The lines since the last call; none if there is no log yet or access is denied.

        Raises:
            AwsError: AWS rejected the request for another reason or could not be reached.
        """
        logs = self._target.client("logs")
        try:
            return [line for stream in self._streams(logs) for line in self._new(logs, stream)]
        except AwsError as error:
            self.denied = error.code in _DENIED
            if self.denied or error.code == _GONE:
                return []
            raise

    def _streams(self, logs: Any) -> list[str]:  # noqa: ANN401  # untyped boto3 client
        """One stream per host and start of the job."""
        with explained(f"log group {LOG_GROUP}"):
            pages = logs.get_paginator("describe_log_streams").paginate(
                logGroupName=LOG_GROUP, logStreamNamePrefix=f"{self._job_name}/"
            )
            return sorted(one["logStreamName"] for page in pages for one in page["logStreams"])

    def _new(self, logs: Any, stream: str) -> list[Line]:  # noqa: ANN401  # untyped boto3 client
        lines: list[Line] = []
        while True:
            token = self._tokens.get(stream)
            with explained(f"log {stream}"):
                page = logs.get_log_events(
                    logGroupName=LOG_GROUP,
                    logStreamName=stream,
                    startFromHead=True,
                    **({"nextToken": token} if token else {}),
                )
            lines += [Line(event["timestamp"], event["message"]) for event in page["events"]]
            self._tokens[stream] = page["nextForwardToken"]
            # A repeated token marks the end; an empty page does not (CloudWatch Logs,
            # GetLogEvents).
            if page["nextForwardToken"] == token:
                return lines
