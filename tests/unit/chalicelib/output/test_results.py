from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from chalicelib.intake.landing import Listed
from chalicelib.intake.source import Source
from chalicelib.objects import ObjectRef, result_key
from chalicelib.output.results import (
    LookedUp,
    StandingResult,
    current_result,
    has_result,
    look_up,
    read_result,
    write_result,
)
from chalicelib.queue.messages import WorkItem
from tests.unit.chalicelib.stores import LANDING, RESULTS, Stores

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

OLD = datetime(2026, 1, 2, 23, 59, 59, tzinfo=UTC)
NEW = OLD + timedelta(seconds=1)


def source(work: WorkItem, modified: datetime = OLD) -> Source:
    return Source(work, modified)


def listed(stores: Stores, ref: ObjectRef) -> Listed:
    """The object as a listing gives it: without its version id."""
    head = stores.s3.head_object(Bucket=ref.bucket, Key=ref.key)
    return Listed(ObjectRef(ref.bucket, ref.key, head["ETag"].strip('"')), head["LastModified"])


def without_version(work: WorkItem) -> WorkItem:
    """The object as a bucket without versioning notifies of it."""
    return WorkItem(ObjectRef(work.ref.bucket, work.ref.key, work.ref.etag), work.noticed_at)


def put_result(stores: Stores, ref: ObjectRef, **metadata: str) -> None:
    stores.s3.put_object(Bucket=RESULTS, Key=result_key(ref), Body=b"{}", Metadata=metadata)


@contextmanager
def denied_head(stores: Stores, ref: ObjectRef) -> Iterator[Stubber]:
    """The result exists, and nobody may ask for the landing object."""
    head = stores.s3.head_object(Bucket=RESULTS, Key=result_key(ref))
    with Stubber(stores.s3) as stub:
        stub.add_client_error("put_object", "PreconditionFailed", http_status_code=412)
        stub.add_response("head_object", head)
        stub.add_client_error("head_object", "403", http_status_code=403)
        yield stub


class TestWriting:
    def test_of_a_newer_version_replaces_the_older(self, stores: Stores) -> None:
        first, second = stores.land("incoming/a", b"1"), stores.land("incoming/a", b"2")

        wrote = [
            write_result(stores.s3, RESULTS, source(first, OLD), "complete", b"old"),
            write_result(stores.s3, RESULTS, source(second, NEW), "complete", b"new"),
        ]

        assert wrote == [True, True]
        assert stores.content(result_key(first.ref)) == b"new"

    def test_tells_what_it_replaces_before_it_does(self, stores: Stores) -> None:
        first, second = stores.land("incoming/a", b"1"), stores.land("incoming/a", b"2")
        rerun = msgspec.structs.replace(second, rerun_token="t")
        told: list[tuple[str | None, str, bytes]] = []

        def tell(replaced: StandingResult) -> None:
            stands = stores.content(result_key(first.ref))
            told.append((replaced.object_id, replaced.rerun_token, stands))

        for work, moment, text in (
            (first, OLD, b"1"),
            (second, NEW, b"2"),
            (second, NEW, b"2 repeated"),
            (rerun, NEW, b"2 re-run"),
            (first, OLD, b"1 late"),
        ):
            write_result(
                stores.s3, RESULTS, source(work, moment), "complete", text, on_replace=tell
            )

        assert told == [
            (first.ref.object_id, "", b"1"),
            (second.ref.object_id, "", b"2 repeated"),
        ]

    def test_without_versions_does_not_say_which_upload_it_is_of(self, stores: Stores) -> None:
        work = without_version(stores.land("incoming/a", b"1"))

        write_result(stores.s3, RESULTS, source(work), "complete", b"1")

        metadata = stores.s3.head_object(Bucket=RESULTS, Key=result_key(work.ref))["Metadata"]
        assert "object-id" not in metadata

    def test_of_an_older_version_does_not_replace_the_newer(self, stores: Stores) -> None:
        first, second = stores.land("incoming/a", b"1"), stores.land("incoming/a", b"2")

        wrote = [
            write_result(stores.s3, RESULTS, source(second, NEW), "complete", b"new"),
            write_result(stores.s3, RESULTS, source(first, OLD), "complete", b"old"),
        ]

        assert wrote == [True, False]
        assert stores.content(result_key(first.ref)) == b"new"

    @pytest.mark.parametrize("order", [[0, 1], [1, 0]])
    def test_within_one_second_is_that_of_the_current_version(
        self, stores: Stores, order: list[int]
    ) -> None:
        works = [stores.land("incoming/a", b"1"), stores.land("incoming/a", b"2")]

        for place in order:
            write_result(
                stores.s3, RESULTS, source(works[place]), "complete", f"version {place}".encode()
            )

        assert stores.content(result_key(works[0].ref)) == b"version 1"

    def test_within_one_second_stays_when_nobody_knows_the_current_version(
        self, stores: Stores
    ) -> None:
        works = [stores.land("incoming/a", b"1"), stores.land("incoming/a", b"2")]
        write_result(stores.s3, RESULTS, source(works[0]), "complete", b"first")
        stores.s3.delete_object(Bucket=LANDING, Key="incoming/a")

        wrote = write_result(stores.s3, RESULTS, source(works[1]), "complete", b"second")

        assert not wrote
        assert stores.content(result_key(works[0].ref)) == b"first"

    def test_of_the_same_content_is_written_again(self, stores: Stores) -> None:
        work = stores.land("incoming/a", b"1")
        write_result(stores.s3, RESULTS, source(work, OLD), "complete", b"before")

        wrote = write_result(stores.s3, RESULTS, source(work, OLD), "complete", b"after")

        assert wrote
        assert stores.content(result_key(work.ref)) == b"after"

    def test_of_an_earlier_upload_of_the_same_content_leaves_the_later_time(
        self, stores: Stores
    ) -> None:
        landed = stores.land("incoming/a", b"2"), stores.land("incoming/a", b"1")
        other, content = (without_version(work) for work in landed)
        later = NEW + timedelta(seconds=9)
        write_result(stores.s3, RESULTS, source(content, later), "complete", b"third upload")

        first = write_result(stores.s3, RESULTS, source(content, OLD), "complete", b"first upload")
        second = write_result(stores.s3, RESULTS, source(other, NEW), "complete", b"second upload")

        assert (first, second) == (False, False)
        assert stores.content(result_key(content.ref)) == b"third upload"

    def test_is_not_written_over_one_that_came_in_between(self, stores: Stores) -> None:
        works = [stores.land("incoming/a", text) for text in (b"1", b"2", b"3")]
        write_result(stores.s3, RESULTS, source(works[0], OLD), "complete", b"oldest")

        class Interrupted:
            """Somebody else writes the newest between our look and our write."""

            def __getattr__(self, name: str) -> Any:
                return getattr(stores.s3, name)

            def head_object(self, **asked: Any) -> Any:
                found = stores.s3.head_object(**asked)
                newest = source(works[2], NEW + timedelta(seconds=1))
                write_result(stores.s3, RESULTS, newest, "complete", b"newest")
                return found

        interrupted = cast("S3Client", Interrupted())
        assert not write_result(interrupted, RESULTS, source(works[1], NEW), "complete", b"new")

        assert stores.content(result_key(works[0].ref)) == b"newest"

    def test_passes_on_what_is_no_conflict(self, stores: Stores) -> None:
        work = stores.land("incoming/a", b"1")

        with Stubber(stores.s3) as stub:
            stub.add_client_error("put_object", "AccessDenied", http_status_code=403)
            with pytest.raises(ClientError, match="AccessDenied"):
                write_result(stores.s3, RESULTS, source(work), "complete", b"document")

    def test_keeps_what_its_order_is_told_by(self, stores: Stores) -> None:
        work = stores.land("incoming/a", b"1")

        write_result(stores.s3, RESULTS, source(work), "complete", b"document")

        head = stores.s3.head_object(Bucket=RESULTS, Key=result_key(work.ref))
        assert head["Metadata"] == {
            "source-etag": work.ref.etag,
            "source-version": work.ref.version_id,
            "landed-at": "2026-01-02 23:59:59.000",
            "status": "complete",
            "rerun-token": "",
            "object-id": work.ref.object_id,
        }

    def test_of_an_upload_that_is_current_again_replaces_that_of_a_deleted_one(
        self, stores: Stores
    ) -> None:
        first, second = stores.land("incoming/a", b"1"), stores.land("incoming/a", b"2")
        write_result(stores.s3, RESULTS, source(second, NEW), "complete", b"second")
        stores.s3.delete_object(
            Bucket=LANDING, Key="incoming/a", VersionId=second.ref.version_id or ""
        )

        wrote = write_result(stores.s3, RESULTS, source(first, OLD), "complete", b"first")

        assert wrote
        assert stores.content(result_key(first.ref)) == b"first"

    def test_replaces_that_of_an_earlier_upload_of_the_same_bytes(self, stores: Stores) -> None:
        first, second = stores.land("incoming/a", b"1"), stores.land("incoming/a", b"1")

        for work, document in ((first, b"first"), (second, b"second"), (first, b"again")):
            write_result(stores.s3, RESULTS, source(work), "complete", document)

        assert stores.content(result_key(first.ref)) == b"second"

    @pytest.mark.parametrize(
        ("first_at", "second_at"), [(NEW, OLD), (NEW, NEW)], ids=["earlier", "same second"]
    )
    def test_fails_where_the_object_may_not_be_read_and_is_not_clearly_later(
        self, stores: Stores, first_at: datetime, second_at: datetime
    ) -> None:
        first, second = stores.land("incoming/a", b"1"), stores.land("incoming/a", b"2")
        write_result(stores.s3, RESULTS, source(first, first_at), "complete", b"first")

        with denied_head(stores, first.ref), pytest.raises(ClientError, match="403"):
            write_result(stores.s3, RESULTS, source(second, second_at), "complete", b"second")

        assert stores.content(result_key(first.ref)) == b"first"

    def test_of_a_later_upload_replaces_though_the_object_may_not_be_read_and_logs_it(
        self, stores: Stores, caplog: pytest.LogCaptureFixture
    ) -> None:
        first, second = stores.land("incoming/a", b"1"), stores.land("incoming/a", b"2")
        write_result(stores.s3, RESULTS, source(first, OLD), "complete", b"first")

        with denied_head(stores, first.ref) as stub:
            stub.add_response("put_object", {})
            wrote = write_result(stores.s3, RESULTS, source(second, NEW), "complete", b"second")

        assert wrote
        assert "could not ask for the key's current object" in caplog.text

    def test_fails_where_nobody_can_say_which_upload_is_current(self, stores: Stores) -> None:
        first, second = stores.land("incoming/a", b"1"), stores.land("incoming/a", b"2")
        write_result(stores.s3, RESULTS, source(first), "complete", b"first")
        head = stores.s3.head_object(Bucket=RESULTS, Key=result_key(first.ref))

        with Stubber(stores.s3) as stub:
            stub.add_client_error("put_object", "PreconditionFailed", http_status_code=412)
            stub.add_response("head_object", head)
            stub.add_client_error("head_object", "503", http_status_code=503)
            with pytest.raises(ClientError, match="503"):
                write_result(stores.s3, RESULTS, source(second), "complete", b"second")

    def test_of_a_result_that_is_deleted_meanwhile_is_repeated(self, stores: Stores) -> None:
        first, second = stores.land("incoming/a", b"1"), stores.land("incoming/a", b"2")
        write_result(stores.s3, RESULTS, source(first, OLD), "complete", b"first")

        class Deleting:
            """Deletes the result after the first look at it."""

            looks = 0

            def __getattr__(self, name: str) -> Any:
                return getattr(stores.s3, name)

            def head_object(self, **asked: Any) -> Any:
                found = stores.s3.head_object(**asked)
                if asked["Bucket"] == RESULTS and not self.looks:
                    self.looks = 1
                    stores.s3.delete_object(Bucket=RESULTS, Key=asked["Key"])
                return found

        s3 = cast("S3Client", Deleting())
        assert write_result(s3, RESULTS, source(second, NEW), "complete", b"second")

        assert stores.content(result_key(second.ref)) == b"second"


class TestReading:
    def test_gives_the_result_of_this_upload_only(self, stores: Stores) -> None:
        first, second = stores.land("incoming/a", b"1"), stores.land("incoming/a", b"1")
        write_result(stores.s3, RESULTS, source(second), "partial", b'{"x": 1}')

        found = current_result(stores.s3, RESULTS, second.ref)

        assert found is not None
        assert (found.status, found.version_id) == ("partial", second.ref.version_id)
        assert read_result(stores.s3, RESULTS, second.ref) == {"x": 1}
        assert not has_result(stores.s3, RESULTS, first.ref)
        assert read_result(stores.s3, RESULTS, first.ref) is None

    def test_recognises_results_of_release_01_by_content(self, stores: Stores) -> None:
        work, other = stores.land("incoming/a", b"1"), stores.land("incoming/b", b"2")
        put_result(stores, work.ref, **{"source-etag": work.ref.etag})
        put_result(stores, other.ref, **{"source-etag": "another"})

        assert has_result(stores.s3, RESULTS, work.ref)
        assert not has_result(stores.s3, RESULTS, other.ref)


class TestLookingUp:
    def test_needs_no_version_id_where_content_and_time_agree(self, stores: Stores) -> None:
        work = stores.land("incoming/a", b"1")
        one = listed(stores, work.ref)
        write_result(stores.s3, RESULTS, source(work, one.modified), "complete", b"{}")
        stores.s3.delete_object(Bucket=LANDING, Key="incoming/a")  # a look at it would fail

        found = look_up(stores.s3, RESULTS, one)

        assert found.ref == one.ref
        assert found.result is not None

    def test_of_a_failure_whose_time_is_that_of_its_message(self, stores: Stores) -> None:
        work = stores.land("incoming/a", b"1")
        write_result(stores.s3, RESULTS, source(work, OLD), "failed", b"{}")

        found = look_up(stores.s3, RESULTS, listed(stores, work.ref))

        assert found.ref == work.ref
        assert found.result is not None
        assert found.result.status == "failed"

    def test_of_an_upload_without_a_result_names_the_upload(self, stores: Stores) -> None:
        first = stores.land("incoming/a", b"1")
        write_result(stores.s3, RESULTS, source(first, OLD), "complete", b"{}")
        second = stores.land("incoming/a", b"1")

        assert look_up(stores.s3, RESULTS, listed(stores, second.ref)) == LookedUp(second.ref, None)

    def test_of_what_was_deleted_since_is_nothing(self, stores: Stores) -> None:
        work = stores.land("incoming/a", b"1")
        one = listed(stores, work.ref)
        stores.s3.delete_object(Bucket=LANDING, Key="incoming/a")

        assert look_up(stores.s3, RESULTS, one) == LookedUp(None, None)
