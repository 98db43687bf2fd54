"""The application itself, in this process: queues and limits."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from benchmarks.curve.cost import CostCurve
from benchmarks.curve.server import Counts, create_app, draft_of


async def post(app: Any, texts: list[str]) -> tuple[int, dict[str, Any]]:
    """One request through ASGI."""
    body = json.dumps({"text_inputs": texts}).encode()
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/endpoints/e/invocations",
        "headers": [(b"content-type", b"application/json")],
        "query_string": b"",
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


async def together(app: Any, calls: list[list[str]]) -> list[tuple[int, dict[str, Any]]]:
    return list(await asyncio.gather(*(post(app, texts) for texts in calls)))


def elapsed(app: Any, calls: list[list[str]]) -> float:
    async def timed() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await together(app, calls)
        return loop.time() - began

    return asyncio.run(timed())


def test_two_instances_work_at_the_same_time() -> None:
    calls = [[text] for text in "abcd"]

    one = elapsed(create_app(CostCurve(50, 10), instances=1), calls)
    two = elapsed(create_app(CostCurve(50, 10), instances=2), calls)

    assert one >= 4 * 0.06
    assert 2 * 0.06 <= two < one


def test_a_call_that_waits_too_long_times_out_as_behind_sagemaker() -> None:
    app = create_app(CostCurve(200, 0), time_limit_s=0.3)

    first, second = asyncio.run(together(app, [["a"], ["b"]]))

    assert first == (200, {"generated_texts": [draft_of("a")]})
    assert second[0] == 424
    assert second[1]["OriginalStatusCode"] == 0


def test_what_was_done_before_is_subtracted() -> None:
    before, after = Counts({1: 3, 8: 1}), Counts({1: 3, 8: 5, 2: 1})

    assert after.since(before) == Counts({8: 4, 2: 1})


@pytest.mark.parametrize("prompt", ["", "a", "ä" * 1000])
def test_a_draft_is_short_and_always_the_same(prompt: str) -> None:
    assert draft_of(prompt) == draft_of(prompt)
    assert len(draft_of(prompt)) < 100
