"""Every error that the functions raise on purpose.

ImpressionsError
├── SettingsError            a variable of the environment is missing or not usable
├── TerminalError            trying again cannot help: it becomes a row in `failures`
│   ├── FileRejectedError    the whole object cannot be read
│   ├── RecordRejectedError  one record of it cannot be used
│   └── ModelError           the model did not draft this record
│       ├── EndpointRejectedError  the endpoint refused the request (4xx, 424)
│       ├── EndpointSlowError      the model did not end in time
│       ├── ModelDownError         the endpoint was away at every delivery it was waited for
│       └── EndpointAnswerError    the answer does not hold what was asked for
├── RequestError             an operator asked for something that is not there
└── RetryableError           the message goes back to the queue
    ├── MessageError         nobody knows this message: the dead-letter queue gets it in the end
    ├── EndpointBusyError    throttled, 5xx, connection lost or timed out
    ├── EndpointUnavailableError  the endpoint is missing, being made, or not permitted
    ├── AlreadyRunningError  another invocation holds this chunk
    ├── QueueError           the queue took only some of the messages
    ├── ConflictError        somebody else changed the record of the nights at this moment
    ├── TransformError       the batch cannot be started: its model or a permission is missing
    └── OutOfTimeError       the invocation has not enough time left to begin this work

No message ever holds report text: they reach logs and the `failures` table.
"""

from __future__ import annotations


class ImpressionsError(Exception):
    """The root of the tree."""

    @property
    def code(self) -> str:
        """The class name without `Error`: what tables and dashboards group by."""
        return type(self).__name__.removesuffix("Error")


class SettingsError(ImpressionsError):
    """A setting is missing or not usable."""

    def __init__(self, name: str, problem: str) -> None:
        """Name the environment variable and what is wrong with it."""
        super().__init__(f"setting {name}: {problem}")
        self.name = name


class RequestError(ImpressionsError):
    """An operator's request that cannot be answered."""


class TerminalError(ImpressionsError):
    """Trying again cannot help."""


class FileRejectedError(TerminalError):
    """The whole object cannot be read: one failure row, one failed record."""

    def __init__(self, reason: str, message: str) -> None:
        """`reason` is a stable word to group by, `message` says what to do."""
        super().__init__(message)
        self.reason = reason

    @property
    def code(self) -> str:
        """The stable word, such as `ObjectGone` or `NotJson`."""
        return self.reason


class RecordRejectedError(TerminalError):
    """One record cannot be used; its neighbours can."""

    def __init__(self, index: int, field: str, problem: str, report_id: str | None = None) -> None:
        """`index` is the record's place in the object, from 0."""
        super().__init__(f"record {index}: {field}: {problem}")
        self.index = index
        self.field = field
        self.report_id = report_id


class ModelError(TerminalError):
    """The model did not draft this record."""


class EndpointRejectedError(ModelError):
    """The endpoint refused the request, and would refuse it again."""


class EndpointSlowError(ModelError):
    """The model did not end in time: fewer records at once may, one alone is busy."""


class EndpointAnswerError(ModelError):
    """The endpoint answered, but not with one text for each findings."""


class ModelDownError(ModelError):
    """The endpoint was away for so long that its records are given up, until they are run again."""


class RetryableError(ImpressionsError):
    """The message goes back to the queue."""


class MessageError(RetryableError):
    """A message in none of the known shapes."""


class EndpointBusyError(RetryableError):
    """Throttled, 5xx, or the connection was lost."""


class EndpointUnavailableError(RetryableError):
    """The endpoint is missing, not in service yet, or not permitted."""


class AlreadyRunningError(RetryableError):
    """Another invocation is at work on this chunk."""


class QueueError(RetryableError):
    """The queue took only some of the messages; what sent them is tried again."""


class ConflictError(RetryableError):
    """Somebody else changed the record of the nights at this moment."""


class TransformError(RetryableError):
    """The batch cannot be started."""


class OutOfTimeError(RetryableError):
    """Too little of the invocation is left to begin this work."""
