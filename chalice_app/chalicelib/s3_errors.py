"""What S3's error codes mean for the functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from botocore.exceptions import ClientError

Response = TypeVar("Response")

GONE = frozenset({"404", "NoSuchBucket", "NoSuchKey", "NoSuchVersion", "MethodNotAllowed"})
# The object is in an archive class.
ARCHIVED = "InvalidObjectState"
DENIED = frozenset({"403", "AccessDenied", ARCHIVED})
# 409: another conditional write of the same key was in progress.
CONFLICT = frozenset({"409", "412", "ConditionalRequestConflict", "PreconditionFailed"})


def code_of(error: ClientError) -> str:
    """The error code of a failed call; empty if the response has none."""
    return str(error.response.get("Error", {}).get("Code", ""))


def is_missing_or_replaced(error: ClientError) -> bool:
    """Whether S3 reports that the object does not exist or has been replaced."""
    return code_of(error) in GONE | CONFLICT


def unless_missing(call: Callable[..., Response], **request: Any) -> Response | None:  # noqa: ANN401  # boto3's
    """The response of a call on one object; None if it is gone, or another version by now."""
    try:
        return call(**request)
    except ClientError as error:
        if is_missing_or_replaced(error):
            return None
        raise
