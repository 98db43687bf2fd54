from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from chalicelib import scratch
from tests.unit.chalicelib.stores import RESULTS, ShortPages, Stores


def test_what_was_written_last_is_read(stores: Stores) -> None:
    scratch.write(stores.s3, RESULTS, "work/a b/é", b"first")
    scratch.write(stores.s3, RESULTS, "work/a b/é", b"\x00second\xff")

    assert scratch.read(stores.s3, RESULTS, "work/a b/é") == b"\x00second\xff"


def test_what_was_never_written_or_has_expired_is_none(stores: Stores) -> None:
    scratch.write(stores.s3, RESULTS, "work/a", b"x")
    stores.s3.delete_object(Bucket=RESULTS, Key="work/a")

    assert scratch.read(stores.s3, RESULTS, "work/a") is None
    assert scratch.read(stores.s3, RESULTS, "work/never") is None


def test_an_empty_object_is_not_none(stores: Stores) -> None:
    scratch.write(stores.s3, RESULTS, "work/a", b"")

    assert scratch.read(stores.s3, RESULTS, "work/a") == b""


@pytest.mark.parametrize(("code", "status"), [("AccessDenied", 403), ("SlowDown", 503)])
def test_a_read_that_is_refused_is_not_taken_for_nothing(
    stores: Stores, code: str, status: int
) -> None:
    with Stubber(stores.s3) as stub:
        stub.add_client_error("get_object", code, http_status_code=status)
        with pytest.raises(ClientError, match=code):
            scratch.read(stores.s3, RESULTS, "work/a")


def test_keys_are_those_below_the_prefix_however_many(stores: Stores) -> None:
    wanted = [f"work/n-1/{number}" for number in range(5)]
    for key in [*wanted, "work/n-10/x", "work/m"]:
        scratch.write(stores.s3, RESULTS, key, b"")

    s3: Any = ShortPages(stores.s3, 2)

    assert list(scratch.keys_below(s3, RESULTS, "work/n-1/")) == wanted
    assert list(scratch.keys_below(s3, RESULTS, "work/none/")) == []
