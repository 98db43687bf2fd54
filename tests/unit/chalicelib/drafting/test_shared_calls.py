"""When calls are made, with whose texts, and who gets which drafts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from chalicelib.drafting import shared_calls
from chalicelib.drafting.call_size import CallSizes
from chalicelib.drafting.endpoint import Draft, EndpointClient
from chalicelib.drafting.shared_calls import Question, Seat, SharedCalls
from chalicelib.errors import EndpointBusyError, EndpointRejectedError, ModelError
from chalicelib.settings import Model

LIVE = Model("fine-tuned", "live", "small", "1")
RIVAL = Model("pre-trained", "rival", "plain", "0")
# Far more than any test takes: a test that needs it hangs.
LONG_S = 20.0


class Killed(BaseException):
    """The end of the process."""


class Drafter(EndpointClient):
    """Notes its calls; each waits until `go` is set, and may fail after some texts."""

    def __init__(self, sizes: CallSizes | None = None) -> None:
        self._sizes = sizes or CallSizes()
        self.calls: list[tuple[str, list[str]]] = []
        self.go = threading.Event()
        self.go.set()
        self.fails: Callable[[str], BaseException | None] = lambda _text: None
        self.at_once = 0
        self.most_at_once: dict[str, int] = {}
        self._busy: dict[str, int] = {}

    def draft(
        self,
        model: Model,
        prompts: Sequence[str],
        micro_batch: int,
        drafts: list[Draft | ModelError] | None = None,
    ) -> list[Draft | ModelError]:
        assert drafts == []
        assert len(prompts) <= micro_batch
        self.calls.append((model.role, list(prompts)))
        self._busy[model.role] = self._busy.get(model.role, 0) + 1
        self.most_at_once[model.role] = max(
            self._busy[model.role], self.most_at_once.get(model.role, 0)
        )
        assert self.go.wait(LONG_S)
        self._busy[model.role] -= 1
        for text in prompts:
            error = self.fails(text)
            if isinstance(error, ModelError):
                drafts.append(error)
            elif error is not None:
                raise error
            else:
                drafts.append(Draft(f"seen: {text}", 1.0, len(prompts)))
        return drafts

    @property
    def sizes(self) -> list[int]:
        return [len(texts) for _, texts in self.calls]


class Units:
    """The units of an invocation, each in a thread."""

    def __init__(self, drafter: Drafter, micro_batch: int = 8, seats: int = 1) -> None:
        self.calls = SharedCalls(drafter, micro_batch)
        self.seats = [self.calls.seat() for _ in range(seats)]
        self._pool = ThreadPoolExecutor(max_workers=seats + 2)

    def ask(
        self, seat: Seat, *texts: str, model: Model = LIVE, drafts: Sequence[Draft] = ()
    ) -> Future[list[Draft | ModelError]]:
        question = Question(model, texts, list(drafts))
        seat.ask(question)
        return self._pool.submit(seat.wait, question)


def shown(asked: Future[list[Draft | ModelError]]) -> list[str]:
    return [one.impression if isinstance(one, Draft) else one.code for one in asked.result(LONG_S)]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test passes because somebody ran out of patience."""
    monkeypatch.setattr(shared_calls, "PATIENCE_S", LONG_S)


@pytest.fixture
def drafter() -> Drafter:
    return Drafter()


def test_a_call_waits_for_who_can_still_join_and_then_for_nobody(drafter: Drafter) -> None:
    units = Units(drafter, seats=3)
    first, second, third = units.seats

    one = units.ask(first, "a")
    two = units.ask(second, "b", "c")
    before = list(drafter.calls)
    third.leave()

    assert (shown(one), shown(two)) == (["seen: a"], ["seen: b", "seen: c"])
    assert before == []
    assert drafter.sizes == [3]
    assert all(isinstance(draft, Draft) and draft.call_records == 3 for draft in one.result())


def test_a_full_call_waits_for_nobody(drafter: Drafter) -> None:
    units = Units(drafter, micro_batch=4, seats=3)
    first, second, _reading = units.seats

    one, two = units.ask(first, "a", "b"), units.ask(second, "c", "d")

    assert (shown(one), shown(two)) == (["seen: a", "seen: b"], ["seen: c", "seen: d"])
    assert drafter.sizes == [4]


def test_a_unit_that_is_slow_to_read_is_not_waited_for(
    drafter: Drafter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_calls, "PATIENCE_S", 0.05)
    units = Units(drafter, seats=2)
    first, slow = units.seats

    assert shown(units.ask(first, "a")) == ["seen: a"]
    assert shown(units.ask(slow, "b")) == ["seen: b"]
    assert drafter.sizes == [1, 1]


def test_the_units_that_a_call_completes_soonest_go_first(drafter: Drafter) -> None:
    units = Units(drafter, micro_batch=3, seats=4)
    first, large, small, other = units.seats
    drafter.go.clear()
    asked = [units.ask(first, *"xyz")]
    while not drafter.calls:
        threading.Event().wait(0.001)
    asked += [units.ask(large, *"1234"), units.ask(small, "s"), units.ask(other, "o")]
    drafter.go.set()

    for one in asked:
        one.result(LONG_S)
    assert [texts for _, texts in drafter.calls] == [list("xyz"), list("so1"), list("234")]


def test_texts_of_a_unit_stay_in_their_order_over_several_calls(drafter: Drafter) -> None:
    units = Units(drafter, micro_batch=2)

    asked = units.ask(units.seats[0], *"abcde")

    assert shown(asked) == [f"seen: {letter}" for letter in "abcde"]
    assert drafter.sizes == [2, 2, 1]


def test_drafts_of_an_earlier_run_are_not_asked_again(drafter: Drafter) -> None:
    units = Units(drafter)
    drafts = [Draft("earlier", 2.0)]

    asked = units.ask(units.seats[0], "a", "b", drafts=drafts)

    assert shown(asked) == ["earlier", "seen: b"]
    assert drafter.calls == [("fine-tuned", ["b"])]


def test_nothing_left_to_ask_is_no_call(drafter: Drafter) -> None:
    units = Units(drafter, seats=2)

    assert shown(units.ask(units.seats[0])) == []
    assert shown(units.ask(units.seats[1], "a", drafts=[Draft("earlier", 2.0)])) == ["earlier"]
    assert drafter.calls == []


def test_models_are_called_at_the_same_time_and_each_once_at_a_time(drafter: Drafter) -> None:
    units = Units(drafter, micro_batch=1, seats=2)
    drafter.go.clear()
    questions = [Question(model, ["a", "b"], []) for model in (LIVE, RIVAL)]
    units.seats[1].leave()
    units.seats[0].ask(*questions)
    while len(drafter.calls) < 2:  # both models: one after the other, it would hang here
        threading.Event().wait(0.001)
    drafter.go.set()

    for question in questions:
        assert len(units.seats[0].wait(question)) == 2
    assert drafter.most_at_once == {"fine-tuned": 1, "pre-trained": 1}
    assert sorted(drafter.calls) == [
        ("fine-tuned", ["a"]),
        ("fine-tuned", ["b"]),
        ("pre-trained", ["a"]),
        ("pre-trained", ["b"]),
    ]


def test_a_unit_joins_the_next_call_while_one_is_made(drafter: Drafter) -> None:
    units = Units(drafter, seats=3)
    first, second, third = units.seats
    drafter.go.clear()
    second.leave()
    third.leave()
    one = units.ask(first, "a")
    while not drafter.calls:
        threading.Event().wait(0.001)
    two, three = units.ask(second, "b"), units.ask(third, "c")
    drafter.go.set()

    assert [shown(asked) for asked in (one, two, three)] == [["seen: a"], ["seen: b"], ["seen: c"]]
    assert drafter.sizes == [1, 2]


class TestFailures:
    def test_a_poison_record_fails_alone(self, drafter: Drafter) -> None:
        drafter.fails = lambda text: EndpointRejectedError("no") if text == "poison" else None
        units = Units(drafter, seats=2)

        one, two = units.ask(units.seats[0], "a", "poison"), units.ask(units.seats[1], "b")

        assert (shown(one), shown(two)) == (["seen: a", "EndpointRejected"], ["seen: b"])

    def test_an_error_is_told_to_those_whose_texts_were_not_drafted(self, drafter: Drafter) -> None:
        drafter.fails = lambda text: EndpointBusyError("busy") if text == "b1" else None
        units = Units(drafter, micro_batch=3, seats=3)
        first, second, third = units.seats
        third.leave()
        first.leave()  # so that the order of asking is the order of the call

        two = Question(LIVE, ["b1", "b2"], [])
        one = Question(LIVE, ["a"], [])
        first.ask(one)
        second.ask(two)

        assert [draft for draft in first.wait(one) if isinstance(draft, Draft)]
        with pytest.raises(EndpointBusyError):
            second.wait(two)
        assert two.drafts == []

    def test_what_was_drafted_before_an_error_is_kept(self, drafter: Drafter) -> None:
        drafter.fails = lambda text: EndpointBusyError("busy") if text == "d" else None
        units = Units(drafter, micro_batch=3)
        question = Question(LIVE, list("abcde"), [])
        units.seats[0].ask(question)

        with pytest.raises(EndpointBusyError):
            units.seats[0].wait(question)

        assert len(question.drafts) == 3
        assert drafter.calls == [("fine-tuned", ["a", "b", "c"]), ("fine-tuned", ["d", "e"])]
        assert units.calls.has_progressed

    def test_others_are_drafted_after_it(self, drafter: Drafter) -> None:
        drafter.fails = lambda text: EndpointBusyError("busy") if text == "a" else None
        units = Units(drafter, micro_batch=1, seats=2)

        one, two = units.ask(units.seats[0], "a"), units.ask(units.seats[1], "b")

        with pytest.raises(EndpointBusyError):
            one.result(LONG_S)
        assert shown(two) == ["seen: b"]

    def test_nobody_waits_when_the_process_ends(self, drafter: Drafter) -> None:
        drafter.fails = lambda text: Killed() if text == "a" else None
        units = Units(drafter, micro_batch=1, seats=2)
        drafter.go.clear()
        one = units.ask(units.seats[0], "a")
        two = units.ask(units.seats[1], "b")
        drafter.go.set()

        for asked in (one, two):
            with pytest.raises(Killed):
                asked.result(LONG_S)
        assert drafter.calls == [("fine-tuned", ["a"])]

    def test_nothing_drafted_is_no_progress(self, drafter: Drafter) -> None:
        drafter.fails = lambda _text: EndpointBusyError("busy")
        units = Units(drafter)

        with pytest.raises(EndpointBusyError):
            units.ask(units.seats[0], "a").result(LONG_S)

        assert not units.seats[0].has_progressed


def test_calls_are_as_large_as_the_endpoint_has_been_found_to_take() -> None:
    sizes = CallSizes()
    sizes.note_too_many(LIVE, 8)
    drafter = Drafter(sizes)
    calls = SharedCalls(drafter, 8)
    seat = calls.seat()
    question = Question(LIVE, list("abcdef"), [])
    seat.ask(question)

    assert len(seat.wait(question)) == 6
    assert drafter.sizes == [4, 2]


def test_many_units_at_once_each_get_their_own_drafts(drafter: Drafter) -> None:
    units = Units(drafter, micro_batch=16, seats=60)

    asked = {
        number: units.ask(seat, *(f"{number}.{place}" for place in range(number % 7)))
        for number, seat in enumerate(units.seats)
    }

    for number, one in asked.items():
        assert shown(one) == [f"seen: {number}.{place}" for place in range(number % 7)]
    assert max(drafter.sizes) == 16
    assert drafter.most_at_once == {"fine-tuned": 1}


def test_nobody_waits_for_calls_that_cannot_be_made(
    drafter: Drafter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> int:
        raise MemoryError

    units = Units(drafter, seats=2)
    one = units.ask(units.seats[0], "a")
    monkeypatch.setattr(CallSizes, "most", broken)
    two = units.ask(units.seats[1], "b")

    for asked in (one, two):
        with pytest.raises(MemoryError):
            asked.result(LONG_S)
