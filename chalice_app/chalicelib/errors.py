"""Every error that the functions raise on purpose.

ImpressionsError
├── UnexpectedError          any other error, without its message
├── SettingsError            an environment variable is missing or not valid
├── TerminalError            a retry cannot help: it becomes a row in `failures`
│   ├── FileRejectedError    the whole object cannot be read
│   ├── RecordRejectedError  one of its records cannot be used
│   └── ModelError           the model did not draft this record
│       ├── EndpointRejectedError  the endpoint rejected the request (4xx, 424)
│       ├── EndpointSlowError      the model timed out
│       ├── ModelDownError         the endpoint was unavailable at every delivery
│       └── EndpointAnswerError    the response does not contain the expected texts
├── RequestError             an operator's request is not valid, or its object does not exist
└── RetryableError           the message goes back to the queue
    ├── MessageError         unknown message format: it ends up in the dead-letter queue
    ├── EndpointBusyError    throttled, 5xx, connection lost or timed out
    ├── EndpointUnavailableError  the endpoint is missing, being created, or access is denied
    ├── AlreadyRunningError  another invocation is processing this chunk
    ├── QueueError           the queue accepted only some of the messages
    ├── ConflictError        another run changed the ledger of nightly batches at the same time
    ├── TransformError       the job cannot be started, or its folder no longer exists
    ├── ReadDeniedError      reading the object is denied, perhaps only for now
    ├── OutOfTimeError       the invocation has too little time left for this work
    └── DiedBeforeError      the unit's last run ended without a trace: it is processed alone

Error messages never contain report text: they are logged and stored in the `failures` table.
"""

from __future__ import annotations

import re

# Where `aws_calls` notes in an error's response which call failed, and on what.
CALL = "Call"
_DENIED = frozenset({"403", "AccessDenied", "AccessDeniedException", "KMS.AccessDeniedException"})
# S3 names the action on the key. SQS and DynamoDB say only that the key cannot be used.
_KEY_ACTION = re.compile(r"not authorized to perform: (kms:[A-Za-z]+)")
_KEY_REFUSED = re.compile(r"AWSKMS|KMS key|customer master key", re.IGNORECASE)


class ImpressionsError(Exception):
    """The base class of all errors."""

    @property
    def code(self) -> str:
        """The class name without `Error`, by which tables and dashboards group."""
        return type(self).__name__.removesuffix("Error")


def failed_call(error: BaseException) -> str:
    """The call to AWS that ended in an error: action, kind of resource and code, never a key.

    Such as `s3:PutObject on lake/ in the results bucket is denied (AccessDenied)`.

    Args:
        error: a botocore `ClientError`.
    """
    response = getattr(error, "response", {})
    found = response.get("Error", {})
    code, message = str(found.get("Code", "")), str(found.get("Message") or "")
    call = response.get(CALL) or getattr(error, "operation_name", "an AWS call")
    outcome = f"is denied ({code})" if code in _DENIED else f"failed with {code}"
    named = _KEY_ACTION.search(message)
    if named is None and not code.startswith("KMS.") and _KEY_REFUSED.search(message) is None:
        return f"{call} {outcome}"
    key_action = "kms:Decrypt or kms:GenerateDataKey" if named is None else named[1]
    return f"{key_action} on the data key {outcome}, for {call}"


class UnexpectedError(ImpressionsError):
    """Any other error, without its message: that may contain a key, a URL or report text."""

    def __init__(self, error: BaseException) -> None:
        """Name the type of `error`; or the call to AWS, if a failed one caused it."""
        cause: BaseException | None = error
        while cause is not None and not isinstance(getattr(cause, "response", None), dict):
            cause = cause.__cause__
        if cause is None:
            super().__init__(f"{type(error).__name__}; see docs/runbook.md")
        else:
            call = failed_call(cause)
            advice = "check the function's role" if " is denied " in call else "see docs/runbook.md"
            super().__init__(f"{call}; {advice}")


def without_message(error: Exception) -> ImpressionsError:
    """One of our errors as it is, any other without its message: what may be logged."""
    return error if isinstance(error, ImpressionsError) else UnexpectedError(error)


class SettingsError(ImpressionsError):
    """A setting is missing or not valid."""

    def __init__(self, name: str, problem: str) -> None:
        """Name the environment variable and what is wrong with it."""
        super().__init__(f"setting {name}: {problem}")
        self.name = name


class RequestError(ImpressionsError):
    """An operator's request is not valid, or its object does not exist."""


class TerminalError(ImpressionsError):
    """A retry cannot help."""


class FileRejectedError(TerminalError):
    """The whole object cannot be read: one failure row, one failed record."""

    def __init__(self, reason: str, message: str) -> None:
        """`reason` is a stable identifier to group by, `message` says what to do."""
        super().__init__(message)
        self.reason = reason

    @property
    def code(self) -> str:
        """The stable identifier, such as `ObjectGone` or `UnknownFormat`."""
        return self.reason


class RecordRejectedError(TerminalError):
    """One record cannot be used; the others can."""

    def __init__(self, index: int, field: str, problem: str, report_id: str | None = None) -> None:
        """`index` is the record's position in the object, from 0."""
        super().__init__(f"record {index}: {field}: {problem}")
        self.index = index
        self.field = field
        self.report_id = report_id


class ModelError(TerminalError):
    """The model did not draft this record."""


class EndpointRejectedError(ModelError):
    """The endpoint rejected the request, and would reject it again."""


class EndpointSlowError(ModelError):
    """The model timed out: fewer records per call may help; for one record, the model is busy."""


class EndpointAnswerError(ModelError):
    """The endpoint responded, but not with one text for each findings."""


class ModelDownError(ModelError):
    """The endpoint was unavailable for so long that its records fail until they are re-run."""


class RetryableError(ImpressionsError):
    """The message goes back to the queue."""


class MessageError(RetryableError):
    """A message in none of the known formats."""


class EndpointBusyError(RetryableError):
    """Throttled, 5xx, or the connection was lost."""


class EndpointUnavailableError(RetryableError):
    """The endpoint is missing, not in service yet, or access is denied."""


class AlreadyRunningError(RetryableError):
    """Another invocation is processing this unit, or gathers the nightly files."""

    def __init__(self, message: str, wait_s: float = 0.0) -> None:
        """`wait_s` is how long the other one's claim lasts, if it never ends it itself."""
        super().__init__(message)
        self.wait_s = wait_s


class QueueError(RetryableError):
    """The queue accepted only some of the messages; the work that sent them is retried."""


class ConflictError(RetryableError):
    """Another run changed the ledger of nightly batches at the same time."""


class TransformError(RetryableError):
    """The transform job cannot be started, or its folder no longer exists."""


class ReadDeniedError(RetryableError):
    """Reading the object is denied; at the third delivery, that is final."""


class OutOfTimeError(RetryableError):
    """The invocation has too little time left to begin or finish this work."""

    def __init__(self, message: str, *, progressed: bool = False) -> None:
        """`progressed` says whether this run has saved drafts for the next one to use."""
        super().__init__(message)
        self.progressed = progressed


class DiedBeforeError(RetryableError):
    """The last run of this unit ended its process: it must not take other messages with it."""

    def __init__(self, deaths: int) -> None:
        """`deaths` counts such runs of the unit."""
        super().__init__("its last run ended the process; it is processed alone")
        self.deaths = deaths
