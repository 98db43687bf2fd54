"""The endpoint answers wrongly.

Injected: Answers that are empty, truncated, not JSON, not UTF-8, of another form, with empty or
endless texts, one text too few or too many, slow, or cut off, in both formats.
Asserted: A typed failure for each record and never an empty impression; an answer that is right for
fewer records is accepted for those. A slow or cut answer goes back to the queue and is done in the
end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.account.account import Account
from tests.account.odd_endpoint import Body, OddEndpoint, good, odd_endpoint
from tests.account.texts import json_lines

KEY = "incoming/ward/a.json"
RECORDS = [{"report_id": f"r{number}", "findings": f"Findings {number}."} for number in range(5)]
CANARY = "CANARY-in-an-answer"


@pytest.fixture
def endpoint(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OddEndpoint]:
    with odd_endpoint(account, monkeypatch) as server:
        yield server


V1: dict[str, Body] = {
    "empty body": lambda _: b"",
    "not JSON": lambda _: f"<html>{CANARY}</html>".encode(),
    "half of the JSON": lambda texts: good(texts)[:-3],
    "not UTF-8": lambda _: b'{"generated_texts": ["\xff"]}',
    "NaN": lambda _: b'{"generated_texts": [NaN]}',
    "nested deep": lambda _: b"[" * 100_000,
    "null": lambda _: b"null",
    "list": lambda texts: json.dumps([CANARY for _ in texts]).encode(),
    "other key": lambda texts: json.dumps({"generated_text": [CANARY for _ in texts]}).encode(),
    "text for a list": lambda _: json.dumps({"generated_texts": CANARY}).encode(),
    "no texts": lambda _: b'{"generated_texts": []}',
    "one too few": lambda texts: good(texts[1:]),
    "one too many": lambda texts: good([*texts, "more"]),
    "empty texts": lambda texts: json.dumps({"generated_texts": ["" for _ in texts]}).encode(),
    "blank texts": lambda texts: json.dumps({"generated_texts": [" \n" for _ in texts]}).encode(),
    "null texts": lambda texts: json.dumps({"generated_texts": [None for _ in texts]}).encode(),
    "numbers": lambda texts: json.dumps({"generated_texts": [1 for _ in texts]}).encode(),
    "no sequences": lambda texts: json.dumps({"generated_texts": [[] for _ in texts]}).encode(),
    "endless": lambda texts: json.dumps(
        {"generated_texts": [CANARY * 999 for _ in texts]}
    ).encode(),
}
V2: dict[str, Body] = {
    "not JSON": lambda _: CANARY.encode(),
    "empty list": lambda _: b"[]",
    "two": lambda _: b'[{"generated_text": "a"}, {"generated_text": "b"}]',
    "empty text": lambda _: b'[{"generated_text": ""}]',
    "no text": lambda _: b'[{"other": "CANARY-in-an-answer"}]',
    "null": lambda _: b'[{"generated_text": null}]',
}
BODIES = [("text2text-v1", name) for name in V1] + [("tgi-v2", name) for name in V2]


@pytest.mark.parametrize(("codec", "name"), BODIES)
def test_18_wrong_answer_is_a_typed_failure_and_no_empty_impression(
    account: Account, endpoint: OddEndpoint, codec: str, name: str
) -> None:
    account.configure({"FINE_TUNED_CODEC": codec})
    endpoint.body = (V1 if codec == "text2text-v1" else V2)[name]

    result = account.finish(KEY, json_lines(*RECORDS))

    failures = account.rows("failures")
    assert [row["record_index"] for row in failures] == [0, 1, 2, 3, 4]
    assert {(row["error_type"], row["stage"]) for row in failures} == {("EndpointAnswer", "model")}
    assert all(row["error_message"] for row in failures)
    assert CANARY not in json.dumps(failures) + json.dumps(result) + account.logs
    assert account.rows("impressions") == []
    assert result["status"] == "failed"
    assert [entry["impression"] for entry in result["impressions"]] == [None] * 5


@pytest.mark.parametrize("name", ["one too few", "empty texts", "not JSON", "one too many"])
def test_18_wrong_answer_to_many_is_halved_until_it_is_right(
    account: Account, endpoint: OddEndpoint, name: str
) -> None:
    endpoint.body = lambda texts: V1[name](texts) if len(texts) > 1 else good(texts)

    result = account.finish(KEY, json_lines(*RECORDS))

    assert result["counts"] == {"records": 5, "ok": 5, "failed": 0}
    drafts = [entry["impression"] for entry in result["impressions"]]
    assert drafts == [f"Draft of {number}." for number in range(5)]


def test_18_empty_impression_among_good_ones_fails_alone(
    account: Account, endpoint: OddEndpoint
) -> None:
    def body(texts: list[str]) -> bytes:
        answer = json.loads(good(texts))["generated_texts"]
        return json.dumps(
            {"generated_texts": ["" if "of 3." in text else text for text in answer]}
        ).encode()

    endpoint.body = body

    result = account.finish(KEY, json_lines(*RECORDS))

    assert account.only_failure()["record_index"] == 3
    assert result["counts"] == {"records": 5, "ok": 4, "failed": 1}
    assert all(row["generated_impression"] for row in account.rows("impressions"))


@pytest.mark.parametrize(
    ("transport", "records"),
    [("slow", 1), ("slow", 5), ("slow body", 1), ("cut", 1), ("cut", 5), ("no answer", 1)],
)
def test_18_slow_or_cut_answer_goes_back_to_the_queue_and_is_done_in_the_end(
    account: Account, endpoint: OddEndpoint, transport: str, records: int
) -> None:
    endpoint.transport = transport

    account.drop(KEY, json_lines(*RECORDS[:records]))
    account.drain()
    given_back, written, calls = len(account.given_back), account.list_keys(), endpoint.calls
    endpoint.transport = "whole"
    account.redeliver()
    account.drain()

    assert (given_back, written) == (1, [])
    assert calls <= 4
    assert "EndpointBusyError" in account.logs
    assert account.result(KEY)["counts"] == {"records": records, "ok": records, "failed": 0}
    assert account.rows("failures") == []
    assert account.waiting() == 0
