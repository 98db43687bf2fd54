"""A job's log in CloudWatch Logs, read on from where the last reading ended."""

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
    """One line of a log, with its time in milliseconds since 1970."""

    at: int
    text: str


class JobLog:
    """The log of one job. `denied` says that the last reading was refused."""

    def __init__(self, target: Target, job_name: str) -> None:
        """Nothing is read yet."""
        self._target, self._job_name = target, job_name
        self._tokens: dict[str, str] = {}
        self.denied = False

    def read(self) -> list[Line]:
        """The lines that came since the last call; none while there is no log, or it is denied.

        Raises:
            AwsError: AWS refused for another reason, or was not reached.
        """
        logs = self._target.client("logs")
        try:
            return [line for stream in self._streams(logs) for line in self._new(logs, stream)]
        except AwsError as error:
            self.denied = error.code in _DENIED
            if self.denied or error.code == _GONE:
                return []
            raise

    def _streams(self, logs: Any) -> list[str]:  # noqa: ANN401  # boto3's
        """One for each host and start of the job."""
        with explained(f"log group {LOG_GROUP}"):
            pages = logs.get_paginator("describe_log_streams").paginate(
                logGroupName=LOG_GROUP, logStreamNamePrefix=f"{self._job_name}/"
            )
            return sorted(one["logStreamName"] for page in pages for one in page["logStreams"])

    def _new(self, logs: Any, stream: str) -> list[Line]:  # noqa: ANN401  # boto3's
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
            # The same token again is the end; an empty page before it is not (CloudWatch Logs,
            # GetLogEvents).
            if page["nextForwardToken"] == token:
                return lines
