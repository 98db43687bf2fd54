from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.intake.source import Source
from chalicelib.output.document import Entry
from chalicelib.output.store import write_chunk, write_tables
from chalicelib.output.tables import FailureRow, FileRow
from chalicelib.queue.messages import WorkItem
from tests.unit.chalicelib.stores import RESULTS, Stores

OLD = datetime(2026, 1, 2, 23, 59, 59, tzinfo=UTC)


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


def test_part_is_json_lines_below_the_result_beside_the_rows(stores: Stores) -> None:
    work = stores.land("incoming/a", b"x")
    ref = work.ref
    entry = Entry(report_id="r", impression="i", model="m", status="ok", flags=[])

    write_chunk(
        stores.s3, RESULTS, source(work), 2, [failure()], entries=[entry, entry], tidy=False
    )

    (key,) = stores.keys("results/")
    assert key == f"results/incoming/a.parts/{ref.object_id}-00002.jsonl"
    assert len(stores.content(key).splitlines()) == 2
    assert len(stores.rows("failures")) == 1
