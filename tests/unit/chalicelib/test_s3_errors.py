from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib import s3_errors
from tests.unit.chalicelib.stores import LANDING, Stores


def error(response: Any) -> ClientError:
    return ClientError(response, "GetObject")


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        *(("404", True), ("NoSuchKey", True), ("NoSuchBucket", True), ("NoSuchVersion", True)),
        *(("412", True), ("PreconditionFailed", True), ("ConditionalRequestConflict", True)),
        *(("403", False), ("AccessDenied", False), ("SlowDown", False), ("500", False)),
        ("", False),
    ],
)
def test_only_a_missing_or_replaced_object_is_one(code: str, *, missing: bool) -> None:
    assert s3_errors.is_missing_or_replaced(error({"Error": {"Code": code}})) is missing


@pytest.mark.parametrize("response", [{}, {"Error": {}}])
def test_an_answer_without_a_code_says_nothing(response: Any) -> None:
    assert s3_errors.code_of(error(response)) == ""
    assert not s3_errors.is_missing_or_replaced(error(response))


def test_no_code_means_two_things() -> None:
    sets = (s3_errors.GONE, s3_errors.DENIED, s3_errors.CONFLICT)

    assert len(frozenset.union(*sets)) == sum(map(len, sets))


def test_the_codes_are_those_that_s3_answers_with(stores: Stores) -> None:
    ref = stores.land("incoming/a", b"1").ref
    stores.s3.delete_object(Bucket=LANDING, Key="incoming/b")  # leaves a delete marker
    calls: list[Any] = [
        lambda: stores.s3.get_object(Bucket=LANDING, Key="incoming/never"),
        lambda: stores.s3.get_object(Bucket=LANDING, Key="incoming/b"),
        lambda: stores.s3.head_object(Bucket=LANDING, Key="incoming/never"),
        lambda: stores.s3.get_object(Bucket="no-such-bucket", Key="incoming/a"),
        lambda: stores.s3.get_object(Bucket=LANDING, Key=ref.key, IfMatch='"another"'),
        lambda: stores.s3.head_object(Bucket=LANDING, Key=ref.key, IfMatch='"another"'),
        lambda: stores.s3.put_object(Bucket=LANDING, Key=ref.key, Body=b"", IfNoneMatch="*"),
    ]

    codes = []
    for call in calls:
        with pytest.raises(ClientError) as caught:
            call()
        codes.append(s3_errors.code_of(caught.value))

    gone, conflicts = codes[:4], codes[4:]
    assert set(gone) <= s3_errors.GONE
    assert set(conflicts) <= s3_errors.CONFLICT
