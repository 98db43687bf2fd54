"""Calls of the functions that are called by hand, put together from their parts."""

from __future__ import annotations

from typing import Any

import pytest

from common.errors import UsageError
from common.stack_settings import LocalStackSettings
from common.stack_state import Outputs
from local.client import invoke
from local.errors import InvokeError
from local.stack.lifecycle import Stack

OUTPUTS = Outputs("l", "r", "q", "d", "i", "p", "f", "g", "the-night", "the-operator")
STACK = Stack(LocalStackSettings(), "http://127.0.0.1:9", "http://127.0.0.1:9", OUTPUTS)


class Answers:
    """What the functions answer, in turn, and what they were asked."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, stack: Stack, name: str, event: dict[str, Any]) -> dict[str, Any]:
        assert stack is STACK
        self.asked.append((name, dict(event)))
        return self.answers.pop(0)


def given(monkeypatch: pytest.MonkeyPatch, *answers: dict[str, Any]) -> Answers:
    made = Answers(*answers)
    monkeypatch.setattr(invoke, "_invoke", made)
    monkeypatch.setattr(invoke, "POLL_S", 0.0)
    return made


def test_counts_that_come_in_parts_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = given(
        monkeypatch,
        {"files": {"complete": 2, "waiting": 1}, "dead_letters": 0, "next": "incoming/b"},
        {"files": {"complete": 1, "failed": 4}, "dead_letters": 3},
    )

    told = invoke.operate(STACK, "counts")

    assert told == {"files": {"complete": 3, "failed": 4, "waiting": 1}, "dead_letters": 3}
    assert answers.asked[1] == ("the-operator", {"action": "counts", "after": "incoming/b"})


def test_a_re_run_in_parts_is_one_re_run(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = given(
        monkeypatch,
        {"rerun": 1000, "token": "t", "next": "incoming/x"},
        {"rerun": 7, "token": "t"},
    )

    told = invoke.operate(STACK, "rerun", prefix="incoming/")

    assert told == {"rerun": 1007, "token": "t"}
    assert answers.asked[1][1]["token"] == "t"


def test_what_cannot_be_answered_is_the_user_s_error(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, {"error": "key: there is no such object in the landing bucket"})

    with pytest.raises(UsageError, match="no such object"):
        invoke.operate(STACK, "file", key="incoming/nix")


def test_a_night_that_is_under_way_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = given(monkeypatch, {"status": "running"}, {"status": "running"}, {"status": "done"})

    assert invoke.run_night(STACK) == {"status": "done"}
    assert [name for name, _ in answers.asked] == ["the-night"] * 3


def test_a_night_that_never_ends_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, *[{"status": "running"}] * 3)
    monkeypatch.setattr(invoke, "PATIENCE_S", -1.0)

    with pytest.raises(InvokeError, match="still gathering files"):
        invoke.run_night(STACK)
