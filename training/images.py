"""Container images in Amazon ECR: whose region must be the job's."""

from __future__ import annotations

import re

from common import s3
from common.errors import SettingError

_ECR = re.compile(
    r"[0-9]{12}\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]{1,40})\.amazonaws\.com(?:\.cn)?"
    r"/[a-z0-9._/-]{1,256}(?::[\w.-]{1,128}|@sha256:[0-9a-f]{64})?"
)
_LONGEST = 255  # of an image URI in the API


def check(option: str, image: str, region: str | None) -> None:
    """Raise SettingError unless SageMaker can pull the image in this region."""
    found = _ECR.fullmatch(image) if len(image) <= _LONGEST else None
    if found is None:
        problem = "is not an image in Amazon ECR: <account>.dkr.ecr.<region>.amazonaws.com/<name>"
        raise SettingError(f"{option} {image[:_LONGEST]}", f"{problem}:<tag>")
    if region and found["region"] != region:
        problem = (
            f"is in {found['region']}, but SageMaker pulls images only from its own region:"
            f" give the image of {region}, or set --region {found['region']}"
        )
        raise SettingError(f"{option} {image}", problem)


def check_archive(option: str, uri: str) -> None:
    """Raise SettingError unless a location can be that of a model or script archive in S3."""
    if not s3.is_s3(uri):
        raise SettingError(f"{option} {uri}", "give a location in S3: s3://bucket/….tar.gz")
    s3.parse(uri)
