from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from chalicelib.errors import FileRejectedError
from chalicelib.intake.landing import (
    current_version,
    identify,
    list_objects,
    listed_time,
    open_object,
    with_version_id,
)
from chalicelib.objects import ObjectRef
from tests.unit.chalicelib.stores import LANDING, ShortPages, Stores

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class TestOpening:
    def test_gives_content_size_and_time(self, stores: Stores) -> None:
        work = stores.land("incoming/a", b"0123456789")

        landed = open_object(stores.s3, work.ref)

        assert b"".join(landed.pieces) == b"0123456789"
        assert landed.size == 10
        assert abs(datetime.now(UTC) - landed.modified) < timedelta(minutes=5)

    def test_from_an_offset_gives_the_rest_and_the_whole_size(self, stores: Stores) -> None:
        work = stores.land("incoming/a", b"0123456789")

        landed = open_object(stores.s3, work.ref, 7)

        assert b"".join(landed.pieces) == b"789"
        assert landed.size == 10

    def test_up_to_an_end_gives_no_more_and_the_whole_size(self, stores: Stores) -> None:
        work = stores.land("incoming/a", b"0123456789")

        landed = open_object(stores.s3, work.ref, 3, 7)

        assert b"".join(landed.pieces) == b"3456"
        assert landed.size == 10

    def test_from_an_offset_copes_with_a_store_that_answers_the_whole(self, stores: Stores) -> None:
        work = stores.land("incoming/a", b"0123456789")

        class WithoutRanges:
            @staticmethod
            def get_object(**asked: Any) -> Any:
                asked.pop("Range")
                return stores.s3.get_object(**asked)

        landed = open_object(cast("S3Client", WithoutRanges()), work.ref, 7)

        assert b"".join(landed.pieces) == b"789"
        assert landed.size == 10

    def test_takes_the_version_that_was_named(self, stores: Stores) -> None:
        first = stores.land("incoming/a", b"first")
        second = stores.land("incoming/a", b"second")

        assert b"".join(open_object(stores.s3, first.ref).pieces) == b"first"
        assert b"".join(open_object(stores.s3, second.ref).pieces) == b"second"

    def test_without_a_version_takes_only_the_content_that_was_named(self, stores: Stores) -> None:
        ref = stores.land("incoming/a", b"first").ref
        unversioned = ObjectRef(ref.bucket, ref.key, ref.etag)
        read = b"".join(open_object(stores.s3, unversioned).pieces)
        stores.land("incoming/a", b"second")

        with pytest.raises(FileRejectedError) as caught:
            open_object(stores.s3, unversioned)

        assert read == b"first"
        assert caught.value.reason == "ObjectReplaced"

    @pytest.mark.parametrize(
        "key", ["incoming/a b+c%2F..é", "incoming/../x", "incoming/" + "k" * 1015]
    )
    def test_takes_exactly_the_key_that_was_named(self, stores: Stores, key: str) -> None:
        work = stores.land(key, b"this")

        assert b"".join(open_object(stores.s3, work.ref).pieces) == b"this"

    def test_of_a_deleted_object_is_rejected(self, stores: Stores) -> None:
        ref = stores.land("incoming/a", b"first").ref
        stores.s3.delete_object(Bucket=LANDING, Key=ref.key, VersionId=ref.version_id or "")

        for gone in (ref, ObjectRef(ref.bucket, ref.key, ref.etag)):
            with pytest.raises(FileRejectedError) as caught:
                open_object(stores.s3, gone)

            assert caught.value.reason == "ObjectGone"

    @pytest.mark.parametrize(
        ("code", "status", "reason"),
        [
            ("AccessDenied", 403, "ObjectDenied"),
            ("403", 403, "ObjectDenied"),
            ("InvalidObjectState", 403, "ObjectDenied"),
            ("NoSuchBucket", 404, "ObjectGone"),
            ("404", 404, "ObjectGone"),
            ("MethodNotAllowed", 405, "ObjectGone"),
            ("PreconditionFailed", 412, "ObjectReplaced"),
        ],
    )
    def test_sorts_what_s3_refuses(
        self, stores: Stores, code: str, status: int, reason: str
    ) -> None:
        with Stubber(stores.s3) as stub:
            stub.add_client_error("get_object", code, http_status_code=status)
            with pytest.raises(FileRejectedError) as caught:
                open_object(stores.s3, ObjectRef("b", "k", "e"))

        assert caught.value.reason == reason

    def test_passes_on_what_may_pass(self, stores: Stores) -> None:
        with Stubber(stores.s3) as stub:
            stub.add_client_error("get_object", "SlowDown", http_status_code=503)
            with pytest.raises(ClientError, match="SlowDown"):
                open_object(stores.s3, ObjectRef("b", "k", "e"))


class TestCurrentVersion:
    def test_is_the_content_that_the_key_holds_now(self, stores: Stores) -> None:
        first = stores.land("incoming/a b", b"first").ref
        second = stores.land("incoming/a b", b"second").ref

        found = current_version(stores.s3, LANDING, "incoming/a b")

        assert found == second
        assert found.object_id != first.object_id

    def test_of_nothing_is_none(self, stores: Stores) -> None:
        stores.land("incoming/a", b"1")
        stores.s3.delete_object(Bucket=LANDING, Key="incoming/a")

        assert current_version(stores.s3, LANDING, "incoming/a") is None
        assert current_version(stores.s3, LANDING, "incoming/never") is None

    def test_passes_on_what_says_nothing_of_the_object(self, stores: Stores) -> None:
        with Stubber(stores.s3) as stub:
            stub.add_client_error("head_object", "403", http_status_code=403)
            with pytest.raises(ClientError, match="403"):
                current_version(stores.s3, LANDING, "incoming/a")


class TestVersionId:
    def test_is_the_one_that_the_notification_names(self, stores: Stores) -> None:
        ref = stores.land("incoming/a", b"1").ref

        found = with_version_id(stores.s3, ObjectRef(ref.bucket, ref.key, ref.etag))

        assert found == ref
        assert ref.version_id is not None

    def test_of_an_unversioned_bucket_is_none(self, stores: Stores) -> None:
        stores.s3.create_bucket(Bucket="unversioned")
        etag = stores.s3.put_object(Bucket="unversioned", Key="a", Body=b"1")["ETag"].strip('"')
        ref = ObjectRef("unversioned", "a", etag)

        assert with_version_id(stores.s3, ref) == ref

    def test_null_of_a_bucket_whose_versioning_was_suspended_is_none(self, stores: Stores) -> None:
        ref = ObjectRef(LANDING, "incoming/a", "e")

        with Stubber(stores.s3) as stub:
            stub.add_response("head_object", {"ETag": '"e"', "VersionId": "null"})
            found = with_version_id(stores.s3, ref)

        assert found == ref

    def test_of_what_was_replaced_or_deleted_there_is_no_object(self, stores: Stores) -> None:
        ref = stores.land("incoming/a", b"1").ref
        stores.land("incoming/a", b"2")
        replaced = with_version_id(stores.s3, ref)
        stores.s3.delete_object(Bucket=LANDING, Key="incoming/a")

        assert replaced is None
        assert with_version_id(stores.s3, ref) is None

    def test_passes_on_what_says_nothing_of_the_object(self, stores: Stores) -> None:
        with Stubber(stores.s3) as stub:
            stub.add_client_error("head_object", "503", http_status_code=503)
            with pytest.raises(ClientError, match="503"):
                with_version_id(stores.s3, ObjectRef(LANDING, "incoming/a", "e"))


class TestIdentity:
    def test_of_a_message_with_a_version_id_takes_no_call(self) -> None:
        ref = ObjectRef(LANDING, "incoming/a", "e", "v")

        assert identify(cast("S3Client", None), ref) is ref

    def test_without_one_is_that_of_the_notification(self, stores: Stores) -> None:
        ref = stores.land("incoming/a", b"1").ref

        assert identify(stores.s3, ObjectRef(ref.bucket, ref.key, ref.etag)) == ref

    def test_of_what_was_replaced_is_left_to_the_reader(self, stores: Stores) -> None:
        ref = stores.land("incoming/a", b"1").ref
        unversioned = ObjectRef(ref.bucket, ref.key, ref.etag)
        stores.land("incoming/a", b"2")

        assert identify(stores.s3, unversioned) == unversioned

    def test_of_what_may_not_be_read_is_left_to_the_reader(self, stores: Stores) -> None:
        ref = ObjectRef(LANDING, "incoming/a", "e")

        with Stubber(stores.s3) as stub:
            stub.add_client_error("head_object", "403", http_status_code=403)
            assert identify(stores.s3, ref) == ref
            stub.add_client_error("head_object", "503", http_status_code=503)
            with pytest.raises(ClientError, match="503"):
                identify(stores.s3, ref)


class TestListing:
    def test_names_objects_in_the_order_of_their_keys_and_when_they_came(
        self, stores: Stores
    ) -> None:
        refs = [stores.land(f"incoming/{name}", name.encode()).ref for name in ("b", "a/c", "é")]

        (page,) = list_objects(stores.s3, LANDING, "incoming/")

        listed = {one.ref for one in page.objects}
        assert listed == {ObjectRef(ref.bucket, ref.key, ref.etag) for ref in refs}
        keys = [one.ref.key for one in page.objects]
        assert keys == ["incoming/a/c", "incoming/b", "incoming/é"]
        assert page.last == "incoming/é"
        assert all(
            abs(datetime.now(UTC) - one.modified) < timedelta(minutes=5) for one in page.objects
        )

    def test_leaves_out_folder_markers_but_goes_on_behind_them(self, stores: Stores) -> None:
        stores.land("incoming/a", b"1")
        stores.land("incoming/b/", b"")

        (page,) = list_objects(stores.s3, LANDING, "incoming/")

        assert [one.ref.key for one in page.objects] == ["incoming/a"]
        assert page.last == "incoming/b/"

    def test_has_a_page_of_folder_markers_alone(self, stores: Stores) -> None:
        stores.land("incoming/b/", b"")

        assert list(list_objects(stores.s3, LANDING, "incoming/")) == [([], "incoming/b/")]

    def test_begins_behind_a_key(self, stores: Stores) -> None:
        for name in "abc":
            stores.land(f"incoming/{name}", b"1")

        (page,) = list_objects(stores.s3, LANDING, "incoming/", after="incoming/a")

        assert [one.ref.key for one in page.objects] == ["incoming/b", "incoming/c"]
        assert list(list_objects(stores.s3, LANDING, "incoming/", after="incoming/c")) == []

    def test_of_more_than_a_page_holds_comes_in_pages(self, stores: Stores) -> None:
        for name in "abcde":
            stores.land(f"incoming/{name}", b"1")
        s3: Any = ShortPages(stores.s3, 2)

        pages = list(list_objects(s3, LANDING, "incoming/", after="incoming/a"))

        assert [[one.ref.key[-1] for one in page.objects] for page in pages] == [
            ["b", "c"],
            ["d", "e"],
        ]
        assert [page.last for page in pages] == ["incoming/c", "incoming/e"]


def test_time_of_an_object_is_listed_without_reading_it(stores: Stores) -> None:
    ref = stores.land("incoming/a", b"x").ref
    stores.land("incoming/a.json", b"y")
    head = stores.s3.head_object(Bucket=LANDING, Key=ref.key)

    assert listed_time(stores.s3, ref) == head["LastModified"]


@pytest.mark.parametrize(("key", "etag"), [("incoming/b", ""), ("incoming/", ""), ("", "other")])
def test_time_of_another_object_is_not_taken(stores: Stores, key: str, etag: str) -> None:
    ref = stores.land("incoming/a", b"x").ref

    assert listed_time(stores.s3, ObjectRef(ref.bucket, key or ref.key, etag or ref.etag)) is None


def test_time_of_an_object_is_unknown_when_listing_is_denied(stores: Stores) -> None:
    with Stubber(stores.s3) as stub:
        stub.add_client_error("list_objects_v2", "AccessDenied", http_status_code=403)

        assert listed_time(stores.s3, ObjectRef(LANDING, "incoming/a", "e")) is None
