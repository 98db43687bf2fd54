"""The only access to boto3 for the local stack's AWS."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from common.stack_settings import ROOT_ACCESS_KEY

if TYPE_CHECKING:
    from common.stack_settings import LocalStackSettings

ROOT_SECRET_KEY = "test"  # noqa: S105  # MiniStack's fixed value
# MiniStack and the endpoint are on loopback: ignore the user's proxy settings.
CONFIG = Config(
    proxies={},
    connect_timeout=5,
    read_timeout=70,
    retries={"mode": "standard", "max_attempts": 3},
    s3={"addressing_style": "path"},
)


@lru_cache(maxsize=1)
def _session() -> boto3.session.Session:
    """Cached, so that each service model is loaded only once."""
    return boto3.session.Session(
        aws_access_key_id=ROOT_ACCESS_KEY, aws_secret_access_key=ROOT_SECRET_KEY
    )


def client(
    service: str, endpoint_url: str, settings: LocalStackSettings, config: Config = CONFIG
) -> Any:  # noqa: ANN401  # boto3's
    """A client of the local AWS at `endpoint_url`, as the account's root.

    The user's profile, region, endpoint and proxy settings do not affect it.
    """
    return _session().client(
        service, endpoint_url=endpoint_url, region_name=settings.region, config=config
    )
