from __future__ import annotations

from chalicelib.drafting.call_size import CALLS_TO_GROW, CallSizes
from chalicelib.settings import Model

LIVE = Model("fine-tuned", "live", "small", "1")
RIVAL = Model("pre-trained", "rival", "plain", "0")
TGI = Model("fine-tuned", "tgi", "small", "1", codec="tgi-v2")


def test_begins_with_the_setting_and_with_one_where_the_container_takes_one() -> None:
    sizes = CallSizes()

    assert sizes.most(LIVE, 16) == 16
    assert sizes.most(TGI, 16) == 1


def test_halves_what_was_too_many_for_one_endpoint_alone() -> None:
    sizes = CallSizes()

    sizes.note_too_many(LIVE, 16)

    assert sizes.most(LIVE, 16) == 8
    assert sizes.most(RIVAL, 16) == 16


def test_keeps_the_smallest_of_nested_halves() -> None:
    sizes = CallSizes()

    for records in (4, 8, 16):  # a bisection ends with the innermost call
        sizes.note_too_many(LIVE, records)

    assert sizes.most(LIVE, 16) == 2


def test_never_asks_for_less_than_one() -> None:
    sizes = CallSizes()

    for _ in range(3):
        sizes.note_too_many(LIVE, 2)

    assert sizes.most(LIVE, 16) == 1


def test_tries_more_again_after_many_full_calls() -> None:
    sizes = CallSizes()
    sizes.note_too_many(LIVE, 16)

    for _ in range(CALLS_TO_GROW - 1):
        sizes.note_success(LIVE, 8)
        sizes.note_success(LIVE, 3)  # says nothing about larger calls
    before = sizes.most(LIVE, 16)
    sizes.note_success(LIVE, 8)

    assert (before, sizes.most(LIVE, 16)) == (8, 16)


def test_a_failure_starts_the_count_again() -> None:
    sizes = CallSizes()
    sizes.note_too_many(LIVE, 16)
    for _ in range(CALLS_TO_GROW - 1):
        sizes.note_success(LIVE, 8)

    sizes.note_too_many(LIVE, 16)
    sizes.note_success(LIVE, 8)

    assert sizes.most(LIVE, 16) == 8
