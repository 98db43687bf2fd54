"""The record of the nightly batches, changed by several functions at once."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
import pytest

from chalicelib.errors import AlreadyRunningError, ConflictError
from chalicelib.nightly.ledger import ITEM, TRIES, LedgerState, NightLedger, NightlyBatch
from tests.unit.chalicelib.stores import LIVE, PROGRESS, Stores

FIRST = NightlyBatch("night-1", "job-1", LIVE)
SECOND = NightlyBatch("night-2", "job-2", LIVE, state="submitted")


@pytest.fixture
def ledger(stores: Stores) -> NightLedger:
    return NightLedger(stores.dynamodb, PROGRESS)


def add(ledger: NightLedger, *nights: NightlyBatch) -> None:
    for night in nights:
        ledger.change(partial(LedgerState.with_night, night=night))


class TestState:
    STATE = LedgerState(7, (SECOND, FIRST))

    def test_finds_a_night_by_name_job_or_the_lack_of_one(self) -> None:
        assert self.STATE.named("night-1") == FIRST
        assert self.STATE.of_job("job-2") == SECOND
        assert self.STATE.unsubmitted == FIRST
        assert self.STATE.named("job-1") is self.STATE.of_job("night-1") is None
        assert LedgerState(1, (SECOND,)).unsubmitted is None

    @pytest.mark.parametrize("state", ["gathering", "gathered"])
    def test_calls_a_night_unsubmitted_until_its_job_is_there(self, state: Any) -> None:
        night = msgspec.structs.replace(FIRST, state=state)

        assert LedgerState(1, (SECOND, night)).unsubmitted == night

    def test_has_one_night_of_a_name(self) -> None:
        again = msgspec.structs.replace(FIRST, attempt=2)

        assert self.STATE.with_night(again).nights == (SECOND, again)
        assert self.STATE.without("night-1").nights == (SECOND,)
        assert self.STATE.without("night-3") == self.STATE

    def test_gives_each_attempt_a_folder_of_its_own(self) -> None:
        again = msgspec.structs.replace(FIRST, attempt=2)

        assert (FIRST.folder, again.folder) == (
            "work/nightly/night-1-1",
            "work/nightly/night-1-2",
        )


class TestChange:
    def test_of_a_new_account_begins_with_no_nights(self, ledger: NightLedger) -> None:
        assert ledger.read() == LedgerState(0, ())

        changed = ledger.change(lambda record: record.with_night(FIRST))

        assert changed == ledger.read() == LedgerState(1, (FIRST,))

    def test_counts_the_changes(self, ledger: NightLedger) -> None:
        add(ledger, FIRST, SECOND)

        ledger.change(lambda record: record.without("night-1"))

        assert ledger.read() == LedgerState(3, (SECOND,))

    def test_that_has_nothing_to_do_writes_nothing(self, ledger: NightLedger) -> None:
        add(ledger, FIRST)

        assert ledger.change(lambda _: None) is None

        assert ledger.read().version == 1

    @pytest.mark.parametrize("before", [(), (FIRST,)], ids=["the first two", "later"])
    def test_sees_what_another_changed_in_between(
        self, ledger: NightLedger, before: tuple[NightlyBatch, ...]
    ) -> None:
        add(ledger, *before)
        third = NightlyBatch("night-3", "job-3", LIVE)
        seen: list[int] = []

        def how(record: LedgerState) -> LedgerState:
            if not seen:
                add(ledger, SECOND)
            seen.append(len(record.nights))
            return record.with_night(third)

        changed = ledger.change(how)

        assert seen == [len(before), len(before) + 1]
        assert changed == ledger.read()
        assert ledger.read().nights == (*before, SECOND, third)

    def test_gives_way_when_others_are_faster_each_time(self, ledger: NightLedger) -> None:
        tried: list[int] = []

        def how(record: LedgerState) -> LedgerState:
            tried.append(record.version)
            add(ledger, SECOND)
            return record.with_night(FIRST)

        with pytest.raises(ConflictError, match="try again"):
            ledger.change(how)

        assert tried == list(range(TRIES))
        assert ledger.read().nights == (SECOND,)


class TestUpdate:
    def test_changes_the_night_and_no_other(self, ledger: NightLedger) -> None:
        add(ledger, FIRST, SECOND)

        updated = ledger.update(FIRST, state="gathered", shards=3)

        assert updated == msgspec.structs.replace(FIRST, state="gathered", shards=3)
        assert ledger.read().nights == (SECOND, updated)

    def test_keeps_what_another_noted_in_the_same_attempt(self, ledger: NightLedger) -> None:
        add(ledger, FIRST)
        ledger.update(FIRST, alive_until=99.0)

        ledger.update(FIRST, records=5)

        assert ledger.read().nights == (
            msgspec.structs.replace(FIRST, alive_until=99.0, records=5),
        )

    @pytest.mark.parametrize(
        "taken_over",
        [{"attempt": 2}, {"state": "gathered"}, {"attempt": 2, "state": "submitted"}],
    )
    def test_of_a_night_that_was_taken_over_is_refused(
        self, ledger: NightLedger, taken_over: dict[str, Any]
    ) -> None:
        theirs = msgspec.structs.replace(FIRST, **taken_over)
        add(ledger, theirs)

        with pytest.raises(AlreadyRunningError, match="taken over"):
            ledger.update(FIRST, alive_until=99.0)

        assert ledger.read().nights == (theirs,)

    def test_of_a_night_that_is_over_is_refused(self, ledger: NightLedger) -> None:
        add(ledger, SECOND)

        with pytest.raises(AlreadyRunningError):
            ledger.update(FIRST, alive_until=99.0)


def test_the_item_has_the_names_that_functions_of_another_release_read(
    stores: Stores, ledger: NightLedger
) -> None:
    add(ledger, SECOND)

    item = stores.dynamodb.get_item(TableName=PROGRESS, Key={"object_id": {"S": ITEM}})["Item"]

    assert item["version"] == {"N": "1"}
    record = msgspec.json.decode(item["record"]["S"])
    assert set(record) == {"version", "nights"}
    assert set(record["nights"][0]) == {
        *("name", "job", "model", "attempt", "state"),
        *("shards", "objects", "records", "alive_until", "ended", "owner"),
    }
    # It is no object's item, and never expires.
    assert (ITEM, "expiration" in item) == ("nights", False)
