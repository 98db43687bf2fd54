from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from chalicelib.intake.source import Source
from chalicelib.objects import result_key
from chalicelib.output.document import Entry
from chalicelib.output.store import write_part, write_result, write_tables
from chalicelib.output.tables import FailureRow, FileRow
from chalicelib.queue.messages import WorkItem
from tests.unit.chalicelib.stores import LANDING, RESULTS, Stores

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

OLD = datetime(2026, 1, 2, 23, 59, 59, tzinfo=UTC)
NEW = OLD + timedelta(seconds=1)


def failure(message: str = "m") -> FailureRow:
    values: dict[str, Any] = dict.fromkeys(FailureRow.__struct_fields__, "x")
    return FailureRow(**{**values, "error_message": message})


def file_row() -> FileRow:
    values: dict[str, Any] = dict.fromkeys(FileRow.__struct_fields__, "x")
    return FileRow(**values)


def source(work: WorkItem, modified: datetime = OLD) -> Source:
    return Source(work, modified)


class TestTables:
    def test_are_one_object_each_under_the_day_of_the_landing(self, stores: Stores) -> None:
        work = stores.land("incoming/a", b"x")

        write_tables(
            stores.s3,
            RESULTS,
            source(work),
            3,
            [failure("a"), file_row(), failure("b")],
            tidy=False,
        )

        name = f"dt=2026-01-02/{work.ref.object_id}-00003.jsonl.gz"
        assert stores.keys("lake/") == [f"lake/failures/{name}", f"lake/files/{name}"]
        assert [row["error_message"] for row in stores.rows("failures")] == ["a", "b"]

    def test_say_what_they_are(self, stores: Stores) -> None:
        work = stores.land("incoming/a", b"x")

        write_tables(stores.s3, RESULTS, source(work), 0, [failure()], tidy=False)

        (key,) = stores.keys("lake/")
        head = stores.s3.head_object(Bucket=RESULTS, Key=key)
        assert head["ContentType"] == "application/x-ndjson"
        assert head["ContentEncoding"] == "gzip"

    @pytest.mark.parametrize("tidy", [True, False])
    def test_of_an_earlier_run_are_taken_back_when_asked(
        self, stores: Stores, *, tidy: bool
    ) -> None:
        work = stores.land("incoming/a", b"x")
        other = stores.land("incoming/b", b"x")
        for one in (work, other):
            write_tables(stores.s3, RESULTS, source(one), 0, [failure(), file_row()], tidy=False)

        write_tables(stores.s3, RESULTS, source(work), 0, [], tidy=tidy)

        assert len(stores.rows("failures")) == (1 if tidy else 2)
        assert len(stores.rows("files")) == 2


def test_part_is_json_lines_below_the_result(stores: Stores) -> None:
    ref = stores.land("incoming/a", b"x").ref
    entry = Entry(report_id="r", impression="i", model="m", status="ok", flags=[])

    write_part(stores.s3, RESULTS, ref, 2, [entry, entry])

    (key,) = stores.keys("results/")
    assert key == f"results/incoming/a.parts/{ref.object_id}-00002.jsonl"
    assert len(stores.content(key).splitlines()) == 2


class TestResult:
    def test_of_a_newer_version_replaces_the_older(self, stores: Stores) -> None:
        first, second = stores.land("incoming/a", b"1"), stores.land("incoming/a", b"2")

        wrote = [
            write_result(stores.s3, RESULTS, source(first, OLD), "complete", b"old"),
            write_result(stores.s3, RESULTS, source(second, NEW), "complete", b"new"),
        ]

        assert wrote == [True, True]
        assert stores.content(result_key(first.ref)) == b"new"

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
        content, other = stores.land("incoming/a", b"1"), stores.land("incoming/a", b"2")
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
            "landed-at": "2026-01-02 23:59:59.000",
            "status": "complete",
            "rerun-token": "",
        }
