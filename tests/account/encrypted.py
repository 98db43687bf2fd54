"""Lets moto answer ETags as a bucket that encrypts with SSE-KMS does: not of the content.

"Objects encrypted by SSE-C or SSE-KMS have ETags that are not an MD5 digest of their object data"
(S3 API reference, Object). Moto returns the MD5 whatever the encryption, so code that takes an ETag
for the content passes there and fails on AWS.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from moto.s3.models import FakeKey

if TYPE_CHECKING:
    import pytest

_OF_CONTENT = FakeKey.etag


def encrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each upload an ETag of its own from now on, also of the same bytes."""

    def etag(key: FakeKey) -> str:
        of_content = str(_OF_CONTENT.__get__(key))
        return f'"{hashlib.md5(f"{of_content} {key.version_id}".encode()).hexdigest()}"'  # noqa: S324  # an ETag

    monkeypatch.setattr(FakeKey, "etag", property(etag))


def stop_encrypting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer ETags of the content, as a bucket without SSE-KMS does."""
    monkeypatch.setattr(FakeKey, "etag", _OF_CONTENT)
