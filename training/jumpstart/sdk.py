"""The only place that opens the SageMaker Python SDK: silent, without telemetry, for one target."""

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
# Passed to every session, so that a user's or an administrator's configuration file cannot change
# the request that `--dry-run` showed elsewhere. Telemetry would send the account id.
_SETTINGS = {
    "SchemaVersion": "1.0",
    "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}},
}
_VALIDATE = "SAGEMAKER_VALIDATE_ROLE"


def session(target: Target, bucket: str | None = None) -> Any:  # noqa: ANN401  # untyped SDK
    """A session of the SDK; `bucket` replaces the default bucket that it would create.

    Raises:
        MissingPackageError: `sagemaker` is not installed.
        AwsError: no region is set, or the profile does not exist.
    """
    try:
        from sagemaker.core.helper.session_helper import Session
    except ImportError:
        raise MissingPackageError("sagemaker", REQUIREMENTS) from None
    _silence()
    boto_session = target.session()
    if boto_session.region_name is None:
        raise AwsError("SageMaker", "no region is set; set one with --region", "None")
    with explained("SageMaker"):
        return Session(boto_session=boto_session, default_bucket=bucket, sagemaker_config=_SETTINGS)


@contextmanager
def role_checks(target: Target) -> Iterator[None]:
    """Let the SDK check on AWS whether a role can train; elsewhere, the check would fail."""
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


def _silence() -> None:
    """Silence the SDK's logs on stdout and stderr; errors are still raised."""
    for name in ("sagemaker", "sagemaker.config", "sagemaker.core", "sagemaker.train"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
