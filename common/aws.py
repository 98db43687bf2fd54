"""AWS access of the command-line packages: targets, clients, and readable errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)

from common.errors import AwsError, one_line

Backend = Literal["sagemaker", "local"]
_NO_CREDENTIALS = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)
_DENIED = ("AccessDenied", "AccessDeniedException", "403", "AllAccessDisabled")
_EXPIRED = ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "InvalidAccessKeyId")
_MISSING = ("NoSuchBucket", "404")


@dataclass(frozen=True, kw_only=True)
class Target:
    """The AWS to use; for the local AWS, `endpoint_url` serves all services."""

    backend: Backend = "sagemaker"
    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None
    access_key: str | None = None  # of the local AWS; None: boto3 finds the caller's credentials
    stack_name: str = "radiology-impressions"

    def session(self) -> boto3.session.Session:
        """A session with this profile and region.

        Raises:
            AwsError: the profile does not exist.
        """
        with explained("AWS"):
            new = _Session(
                aws_access_key_id=self.access_key,
                aws_secret_access_key=self.access_key,
                region_name=self.region,
                profile_name=self.profile,
            )
        new.endpoint_url = self.endpoint_url
        return new

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3's
        """A client of one service.

        Raises:
            AwsError: no region is set, or the profile does not exist.
        """
        return _client(self, service)


class _Session(boto3.session.Session):
    """A session whose clients all call one URL if set; the SDK creates its clients with it."""

    endpoint_url: str | None = None

    def client(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401  # boto3's
        return super().client(*args, **self._with_url(options))  # type: ignore[call-overload,misc,unused-ignore]  # the stubs list services one by one

    def resource(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401  # boto3's
        return super().resource(*args, **self._with_url(options))  # type: ignore[call-overload,misc,unused-ignore]  # the stubs list services one by one

    def _with_url(self, options: dict[str, Any]) -> dict[str, Any]:
        if self.endpoint_url is None:
            return options
        # Outside AWS, buckets have no host names of their own.
        config = Config(s3={"addressing_style": "path"})
        requested = options.get("config")
        merged = config.merge(requested) if requested else config
        return {"endpoint_url": self.endpoint_url} | options | {"config": merged}


@lru_cache(maxsize=64)
def _client(target: Target, service: str) -> Any:  # noqa: ANN401  # boto3's
    """Cached, because creating a client loads the whole service model."""
    config: dict[str, Any] = {"retries": {"mode": "standard", "max_attempts": 5}}
    if target.backend == "local":
        config |= {"proxies": {}}  # loopback: ignore the user's proxy settings
    with explained(service):
        return target.session().client(service, config=Config(**config))


@contextmanager
def explained(item: str) -> Iterator[None]:
    """Turn boto3's errors into one line about `item` that says what to do.

    Raises:
        AwsError: AWS rejected a call, or could not be reached.
    """
    try:
        yield
    except _NO_CREDENTIALS:
        raise AwsError(
            item, "no AWS credentials were found; run `aws sso login` or set --profile", "None"
        ) from None
    except NoRegionError:
        raise AwsError(item, "no region is set; set --region", "None") from None
    except ProfileNotFound as error:
        raise AwsError(item, f"{error}; `aws configure list-profiles` lists them", "None") from None
    except EndpointConnectionError as error:
        raise AwsError(item, f"{error}; check the URL and the region", "None") from None
    except ClientError as error:
        raise _explain(item, error) from None
    except BotoCoreError as error:
        raise AwsError(item, one_line(error), type(error).__name__) from None


def _explain(item: str, error: ClientError) -> AwsError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    text = one_line(error.response.get("Error", {}).get("Message", ""))
    what = error.operation_name
    if code in _EXPIRED:
        problem = f"the AWS credentials are not valid ({code}); log in again"
    elif code in _DENIED:
        problem = f"{what} is denied; request the permission or use another --profile ({text})"
    elif code in _MISSING:
        problem = "does not exist; check the name and the region"
    elif code == "ResourceLimitExceeded":
        problem = f"the account's quota is used up; ask for more in Service Quotas ({text})"
    else:
        problem = f"{what} failed: {text} ({code})"
    return AwsError(item, problem, code)
