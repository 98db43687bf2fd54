"""The one door to the SageMaker Python SDK: silent, without telemetry, towards one AWS."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from common.aws import Target, explained
from common.errors import AwsError
from training.errors import MissingPackageError

REQUIREMENTS = "training/requirements.txt"
# Given to every session, so that what a user's or an administrator's file says changes no request
# that `--dry-run` showed elsewhere; telemetry would send the account's id.
_SETTINGS = {
    "SchemaVersion": "1.0",
    "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}},
}
_VALIDATE = "SAGEMAKER_VALIDATE_ROLE"


def session(target: Target, bucket: str | None = None) -> Any:  # noqa: ANN401  # the SDK's
    """A session of the SDK; `bucket` stands where it would make one of its own.

    Raises:
        MissingPackageError: `sagemaker` is not installed.
        AwsError: no region is known, or the profile is not there.
    """
    try:
        from sagemaker.core.helper.session_helper import Session
    except ImportError:
        raise MissingPackageError("sagemaker", REQUIREMENTS) from None
    _hush()
    boto_session = target.session()
    if boto_session.region_name is None:
        raise AwsError("SageMaker", "no region is set; name one with --region", "None")
    with explained("SageMaker"):
        return Session(boto_session=boto_session, default_bucket=bucket, sagemaker_config=_SETTINGS)


@contextmanager
def role_checks(target: Target) -> Iterator[None]:
    """The SDK looks whether a role can train, on AWS; elsewhere nobody can tell it."""
    before = os.environ.get(_VALIDATE)
    if target.endpoint_url:
        os.environ[_VALIDATE] = "false"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_VALIDATE, None)
        else:
            os.environ[_VALIDATE] = before


def _hush() -> None:
    """The SDK tells of itself on stdout and stderr; its errors are raised all the same."""
    for name in ("sagemaker", "sagemaker.config", "sagemaker.core", "sagemaker.train"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
