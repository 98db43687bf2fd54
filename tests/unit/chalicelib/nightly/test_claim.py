"""One run gathers at a time, whoever comes when, and a dead one's batch is taken over."""

from __future__ import annotations

import re

import msgspec
import pytest

from chalicelib.errors import AlreadyRunningError
from chalicelib.nightly.claim import BEAT_S, DEAD_AFTER_S, Heartbeat, claim
from chalicelib.nightly.context import Continuation
from chalicelib.nightly.ledger import NightlyBatch
from tests.account.account import Account
from tests.nights import Nights


def recorded(nights: Nights) -> NightlyBatch:
    """The only batch of the record."""
    (night,) = nights.context.ledger.read().nights
    return night


class TestClaim:
    def test_of_a_new_night_is_on_record_before_anything_is_gathered(self, nights: Nights) -> None:
        nights.now = 1_793_671_500.0  # 2026-11-03 02:05:00 UTC

        night = claim(nights.context, None)

        assert recorded(nights) == night
        assert re.fullmatch(r"nightly-20261103-020500-[0-9a-f]{6}", night.name)
        assert night.job == f"impressions-{night.name}"
        assert (night.attempt, night.state) == (1, "gathering")
        assert night.alive_until == nights.now + DEAD_AFTER_S
        assert night.model == nights.context.settings.live_model

    def test_of_the_same_second_is_another_night(self, nights: Nights) -> None:
        first = claim(nights.context, None)
        nights.context.ledger.change(lambda record: record.without(first.name))

        second = claim(nights.context, None)

        assert first.name != second.name

    @pytest.mark.parametrize("passed", [0.0, DEAD_AFTER_S - 1])
    def test_of_a_night_whose_run_is_alive_is_refused(self, nights: Nights, passed: float) -> None:
        standing = claim(nights.context, None)
        nights.now += passed

        with pytest.raises(AlreadyRunningError, match="already gathering"):
            claim(nights.context, None)

        assert recorded(nights) == standing

    def test_of_a_dead_run_s_night_begins_anew_in_a_folder_of_its_own(
        self, account: Account, nights: Nights
    ) -> None:
        dead = claim(nights.context, None)
        nights.now += DEAD_AFTER_S
        account.configure({"FINE_TUNED_MODEL_VERSION": "2"})

        night = claim(nights.context, None)

        assert recorded(nights) == night
        # The name of the job stays: it can be started once only.
        assert (night.name, night.job) == (dead.name, dead.job)
        assert (night.attempt, night.folder) == (2, f"work/nightly/{dead.name}-2")
        assert (dead.model.version, night.model.version) == ("1", "2")
        assert night.alive_until == nights.now + DEAD_AFTER_S

    def test_of_a_gathered_night_is_refused_however_old_it_is(self, nights: Nights) -> None:
        night = claim(nights.context, None)
        nights.context.ledger.update(night, state="gathered")
        nights.now += 86_400

        with pytest.raises(AlreadyRunningError):
            claim(nights.context, None)

    def test_beside_a_submitted_night_is_another_night(self, nights: Nights) -> None:
        first = claim(nights.context, None)
        nights.context.ledger.update(first, state="submitted")

        second = claim(nights.context, None)

        names = [night.name for night in nights.context.ledger.read().nights]
        assert names == [first.name, second.name]


class TestContinuation:
    def test_goes_on_with_its_night(self, nights: Nights) -> None:
        night = claim(nights.context, None)
        nights.now += 60

        assert claim(nights.context, Continuation("nightly", night=night.name, attempt=1)) == night

    def test_goes_on_though_its_heartbeat_is_late(self, nights: Nights) -> None:
        # Lambda may take its time to start it, and nobody has taken the night over.
        night = claim(nights.context, None)
        nights.now += 2 * DEAD_AFTER_S

        assert claim(nights.context, Continuation("nightly", night=night.name, attempt=1)) == night

    @pytest.mark.parametrize("change", ["another attempt", "gathered", "over"])
    def test_of_a_night_that_is_another_s_by_now_is_refused(
        self, nights: Nights, change: str
    ) -> None:
        night = claim(nights.context, None)
        if change == "another attempt":
            nights.now += DEAD_AFTER_S
            claim(nights.context, None)
        elif change == "gathered":
            nights.context.ledger.update(night, state="gathered")
        else:
            nights.context.ledger.change(lambda record: record.without(night.name))

        with pytest.raises(AlreadyRunningError, match="taken over"):
            claim(nights.context, Continuation("nightly", night=night.name, attempt=1))


class TestHeartbeat:
    def test_is_written_when_one_is_due(self, nights: Nights) -> None:
        night = claim(nights.context, None)
        beat = Heartbeat(nights.context, night)

        nights.now += BEAT_S - 1
        beat()
        early = recorded(nights)
        nights.now += 1
        beat()
        late = recorded(nights)
        nights.now += 1
        beat()

        assert early == night
        assert late == msgspec.structs.replace(night, alive_until=nights.now - 1 + DEAD_AFTER_S)
        assert recorded(nights) == late

    def test_is_written_at_once_when_asked_for(self, nights: Nights) -> None:
        night = claim(nights.context, None)
        beat = Heartbeat(nights.context, night)
        nights.now += 1

        beat.now()

        assert recorded(nights).alive_until == nights.now + DEAD_AFTER_S

    def test_keeps_a_long_run_alive(self, nights: Nights) -> None:
        beat = Heartbeat(nights.context, claim(nights.context, None))

        for _ in range(20):
            nights.now += BEAT_S
            beat()

        with pytest.raises(AlreadyRunningError, match="already gathering"):
            claim(nights.context, None)

    def test_of_a_night_that_was_taken_over_stops_the_run(self, nights: Nights) -> None:
        beat = Heartbeat(nights.context, claim(nights.context, None))
        nights.now += DEAD_AFTER_S
        other = claim(nights.context, None)

        with pytest.raises(AlreadyRunningError, match="taken over"):
            beat()

        assert recorded(nights) == other
