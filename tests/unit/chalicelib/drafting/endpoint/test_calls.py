"""Which calls are made, and what becomes of their answers."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from botocore.response import StreamingBody

from chalicelib.drafting.endpoint import Draft
from chalicelib.errors import EndpointAnswerError, ModelError
from tests.unit.chalicelib.drafting.endpoint.runtime import (
    CANARY,
    MODEL,
    TGI,
    Runtime,
    draft,
    echo,
    impressions,
    refusal,
)


def test_drafts_are_in_the_order_of_the_findings() -> None:
    runtime = Runtime()

    drafts = draft(runtime, list("abcde"), micro_batch=2)

    assert impressions(drafts) == [f"seen: {letter}" for letter in "abcde"]
    assert runtime.calls == [["a", "b"], ["c", "d"], ["e"]]


def test_nothing_to_draft_calls_nothing() -> None:
    runtime = Runtime()

    assert draft(runtime, []) == []
    assert runtime.calls == []


def test_2x_endpoint_is_asked_for_one_text_at_a_time() -> None:
    runtime = Runtime(answer=lambda texts: json.dumps([{"generated_text": texts[0]}]).encode())

    drafts = draft(runtime, ["a", "b"], model=TGI)

    assert impressions(drafts) == ["a", "b"]
    assert runtime.calls == [["a"], ["b"]]


def truncations(drafts: Sequence[Draft | ModelError]) -> list[str]:
    return [one.truncation for one in drafts if isinstance(one, Draft)]


def test_what_a_2x_endpoint_says_of_its_end_is_kept() -> None:
    def answer(texts: list[str]) -> bytes:
        reason = "length" if texts == ["long"] else "eos_token"
        said = {"generated_text": texts[0], "details": {"finish_reason": reason}}
        return json.dumps([said]).encode()

    drafts = draft(Runtime(answer=answer), ["long", "short"], model=TGI)

    assert truncations(drafts) == ["told", "no"]


def test_a_1x_draft_that_may_have_reached_the_limit_may_be_cut() -> None:
    model = msgspec.structs.replace(MODEL, generation={"max_length": 10})

    drafts = draft(Runtime(), ["a", "abc", "abc."], model=model)

    assert impressions(drafts) == ["seen: a", "seen: abc", "seen: abc."]
    assert truncations(drafts) == ["no", "possible", "no"]


def test_answered_calls_are_timed_and_observed() -> None:
    seen: list[tuple[str, int, float]] = []
    runtime = Runtime(refusal("ThrottlingException"), seconds=0.25)

    drafts = draft(runtime, ["a", "b"], observe=lambda *call: seen.append(call))

    assert seen == [("fine-tuned", 2, 250.0)]
    timed = [(one.latency_ms, one.call_records) for one in drafts if isinstance(one, Draft)]
    assert timed == [(250.0, 2), (250.0, 2)]


def cut_answer() -> StreamingBody:
    whole = echo(["a"])
    return StreamingBody(io.BytesIO(whole[:-9]), len(whole))


def test_cut_answer_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = Runtime()
    bodies: list[Any] = [cut_answer(), io.BytesIO(echo(["a"]))]
    monkeypatch.setattr(runtime, "invoke_endpoint", lambda **_: {"Body": bodies.pop(0)})

    assert impressions(draft(runtime)) == ["seen: a"]
    assert len(runtime.clock.slept) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"generated_texts": ["a"',
        b'{"generated_texts": [""]}',
        b'{"generated_texts": []}',
        b'{"generated_texts": ["canary-text", "canary-text"]}',
        b'{"generated_texts": [7]}',
    ],
)
def test_unusable_answer_fails_the_record(body: bytes) -> None:
    (error,) = draft(Runtime(answer=lambda _: body))

    assert isinstance(error, EndpointAnswerError)
    assert CANARY not in str(error)


def test_unusable_answer_fails_only_the_records_it_is_made_for() -> None:
    def answer(texts: list[str]) -> bytes:
        return echo([text for text in texts if text != "blank"])

    drafts = draft(Runtime(answer=answer), ["a", "blank", "c", "d"])

    assert impressions(drafts) == ["seen: a", "EndpointAnswer", "seen: c", "seen: d"]
