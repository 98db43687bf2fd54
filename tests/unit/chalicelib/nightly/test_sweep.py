"""Which landing objects have no result, and what is sent for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.intake import chunk_plan
from chalicelib.intake.source import Source
from chalicelib.nightly import sweep
from chalicelib.nightly.sweep import Window
from chalicelib.objects import ObjectRef
from chalicelib.output.results import write_result
from chalicelib.queue.messages import OwnMessage, WorkItem, whole_object_message
from tests.unit.chalicelib.stores import LANDING, PROGRESS, RESULTS, Stores

ALWAYS = Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


@pytest.fixture(autouse=True)
def _settings(stores: Stores) -> None:
    stores.settings = msgspec.structs.replace(stores.settings, landing_bucket=LANDING)


def answer(stores: Stores, work: WorkItem) -> None:
    write_result(stores.s3, RESULTS, Source(work, datetime.now(UTC)), "complete", b"{}")


def modified(stores: Stores, key: str) -> datetime:
    return stores.s3.head_object(Bucket=LANDING, Key=key)["LastModified"]


def missing(
    stores: Stores, lane: str = "incoming", after: str = "", window: Window = ALWAYS
) -> list[str]:
    pages = sweep.pages(stores.s3, stores.settings, lane, after, window)
    return [ref.key for page in pages for ref in page.missing]


def test_a_window_is_counted_back_from_now() -> None:
    now = datetime(2026, 11, 3, 2, 5, tzinfo=UTC)

    window = Window.of(now, days=14, age_s=3600)

    assert window == (datetime(2026, 10, 20, 2, 5, tzinfo=UTC), now - timedelta(hours=1))


class TestPages:
    def test_hold_what_has_no_result_of_this_upload(self, stores: Stores) -> None:
        answer(stores, stores.land("incoming/answered", b"1"))
        answer(stores, stores.land("incoming/changed", b"1"))
        stores.land("incoming/changed", b"2")
        stores.land("incoming/new", b"1")
        stores.land("incoming/folder/", b"")
        stores.land("incomingx/other", b"1")
        stores.land("nightly/other", b"1")

        assert missing(stores) == ["incoming/changed", "incoming/new"]

    def test_name_the_version_that_the_notification_would(self, stores: Stores) -> None:
        work = stores.land("incoming/a", b"1")

        (page,) = sweep.pages(stores.s3, stores.settings, "incoming", "", ALWAYS)

        assert page.missing == [work.ref]
        assert page.missing[0].version_id is not None

    def test_of_an_unversioned_bucket_name_none(self, stores: Stores) -> None:
        stores.s3.create_bucket(Bucket="unversioned")
        stores.settings = msgspec.structs.replace(stores.settings, landing_bucket="unversioned")
        stores.s3.put_object(Bucket="unversioned", Key="incoming/a", Body=b"1")

        (page,) = sweep.pages(stores.s3, stores.settings, "incoming", "", ALWAYS)

        assert [ref.version_id for ref in page.missing] == [None]

    @pytest.mark.parametrize(
        ("since", "until", "seen"),
        [
            (timedelta(0), timedelta(seconds=1), True),
            (timedelta(seconds=-1), timedelta(0), False),
            (timedelta(seconds=1), timedelta(seconds=2), False),
        ],
        ids=["from the first second on", "before the last", "too old"],
    )
    def test_hold_what_lies_in_the_window(
        self, stores: Stores, since: timedelta, until: timedelta, *, seen: bool
    ) -> None:
        stores.land("incoming/a", b"1")
        landed = modified(stores, "incoming/a").replace(microsecond=0)

        found = missing(stores, window=Window(landed + since, landed + until))

        assert found == (["incoming/a"] if seen else [])

    def test_go_on_behind_a_key(self, stores: Stores) -> None:
        for name in "abc":
            stores.land(f"incoming/{name}", b"1")

        assert missing(stores, after="incoming/b") == ["incoming/c"]

    def test_tell_their_last_key_though_it_needs_nothing(self, stores: Stores) -> None:
        stores.land("incoming/a", b"1")
        answer(stores, stores.land("incoming/b", b"1"))
        stores.land("incoming/z/", b"")

        (page,) = sweep.pages(stores.s3, stores.settings, "incoming", "", ALWAYS)

        assert ([ref.key for ref in page.missing], page.after) == (["incoming/a"], "incoming/z/")

    def test_of_an_empty_lane_are_none(self, stores: Stores) -> None:
        assert list(sweep.pages(stores.s3, stores.settings, "incoming", "", ALWAYS)) == []

    @pytest.mark.parametrize("change", ["deleted", "replaced"])
    def test_leave_out_what_went_while_they_were_made(self, stores: Stores, change: str) -> None:
        for name in ("stays", "went"):
            stores.land(f"incoming/{name}", b"1")

        class Changing:
            """Somebody changes an object between the listing and the look at its version."""

            def __getattr__(self, name: str) -> Any:
                return getattr(stores.s3, name)

            def head_object(self, **asked: Any) -> Any:
                if asked["Bucket"] == LANDING and asked["Key"] == "incoming/went":
                    if change == "deleted":
                        stores.s3.delete_object(Bucket=LANDING, Key="incoming/went")
                    else:
                        stores.land("incoming/went", b"2")
                return stores.s3.head_object(**asked)

        client: Any = Changing()
        (page,) = sweep.pages(client, stores.settings, "incoming", "", ALWAYS)

        assert [ref.key for ref in page.missing] == ["incoming/stays"]


class TestMessages:
    REF = ObjectRef(LANDING, "incoming/a", "e", "v")

    def plan(self, stores: Stores, *done: int, token: str | None = None) -> None:
        plan = chunk_plan.Plan(
            *(self.REF.object_id, 11, 4, "lines"), seekable=True, size=9, rerun_token=token
        )
        chunk_plan.begin(stores.dynamodb, PROGRESS, plan)
        for chunk in done:
            chunk_plan.finish_chunk(stores.dynamodb, PROGRESS, plan, chunk, 0)

    def sent(self, stores: Stores) -> list[OwnMessage]:
        return list(sweep.messages(stores.dynamodb, PROGRESS, [self.REF]))

    def test_of_an_object_that_was_never_cut_are_one(self, stores: Stores) -> None:
        assert self.sent(stores) == [whole_object_message(self.REF)]

    @pytest.mark.parametrize(
        ("done", "left"),
        [
            ((), [(0, 4), (4, 8), (8, 11)]),
            ((1,), [(0, 4), (8, 11)]),
            ((0, 1), [(8, 11)]),
            # All are done and there is no result: the last one died before it was written.
            ((0, 1, 2), [(0, 4), (4, 8), (8, 11)]),
        ],
    )
    def test_of_one_that_was_cut_are_its_chunks_that_are_not_done(
        self, stores: Stores, done: tuple[int, ...], left: list[tuple[int, int]]
    ) -> None:
        self.plan(stores, *done)

        sent = self.sent(stores)

        assert [(one.start, one.stop) for one in sent] == left
        assert {one.ref for one in sent} == {self.REF}

    def test_of_a_re_run_are_of_that_re_run(self, stores: Stores) -> None:
        self.plan(stores, token="t1")

        assert {one.rerun_token for one in self.sent(stores)} == {"t1"}

    def test_of_several_objects_come_in_their_order(self, stores: Stores) -> None:
        self.plan(stores, 0, 1)
        others = [ObjectRef(LANDING, f"incoming/{name}", "e") for name in ("0", "z")]
        refs = [others[0], self.REF, others[1]]

        sent = list(sweep.messages(stores.dynamodb, PROGRESS, refs))

        assert [(one.key, one.start) for one in sent] == [
            ("incoming/0", None),
            ("incoming/a", 8),
            ("incoming/z", None),
        ]
