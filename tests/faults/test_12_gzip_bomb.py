"""A gzip bomb.

Injected: 200 MiB of text in less than 500 kB: one endless record, nesting, many records, UTF-16,
and no records at all.
Asserted: The file is rejected at the limit with one failure row, and memory stays below 30 MiB. A
text of just the limit is read.
"""

from __future__ import annotations

import tracemalloc
import zlib
from collections.abc import Iterator
from itertools import repeat

import pytest

from tests.account.account import Account

KEY = "incoming/ward/a.json.gz"
MIB = 1 << 20
TEXT_BYTES = 200 * MIB
FLAT_BYTES = 30 * MIB


def zipped(pieces: Iterator[bytes]) -> bytes:
    press = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([press.compress(piece) for piece in pieces] + [press.flush()])


def bomb(piece: bytes, head: bytes = b"") -> bytes:
    yielded = repeat(piece, TEXT_BYTES // len(piece))
    made = zipped(iter([head, *yielded]))
    assert len(made) < 500_000
    return made


LINE = b'{"findings": "' + b"a" * (MIB // 32) + b'"}'


@pytest.mark.parametrize(
    "data",
    [
        bomb(b"a" * MIB, b'{"findings": "'),
        bomb(b"a" * MIB, b'[{"findings": "'),
        bomb(b"[" * MIB),
        bomb((LINE + b"\n") * 32),
        bomb((LINE + b",") * 32, b"["),
        bomb(b"\0" * MIB, b"\xff\xfe[\0"),
    ],
    ids=["object", "one record", "nesting", "lines", "array", "utf-16"],
)
def test_12_bomb_is_rejected_at_the_cap_in_flat_memory(account: Account, data: bytes) -> None:
    account.drop(KEY, data)

    tracemalloc.start()
    account.drain()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    row = account.only_failure()
    assert (row["error_type"], row["record_index"]) == ("TooLarge", None)
    assert "150000000 bytes" in row["error_message"]
    assert account.result(KEY)["counts"] == {"records": 1, "ok": 0, "failed": 1}
    assert account.given_back == []
    assert account.model.prompts == []
    assert peak < FLAT_BYTES


@pytest.mark.parametrize("filling", [b"\0", b" ", b"a"])
def test_12_bomb_without_records_is_rejected_by_its_beginning(
    account: Account, filling: bytes
) -> None:
    result = account.finish(KEY, bomb(filling * MIB))

    assert account.only_failure()["error_type"] == "UnknownFormat"
    assert result["counts"] == {"records": 1, "ok": 0, "failed": 1}


def test_12_text_up_to_the_cap_is_read_and_above_it_is_not(account: Account) -> None:
    record = b'{"findings": "Clear lungs."}'
    account.configure({"MAX_OBJECT_BYTES": str(len(record))})

    account.drop("incoming/ward/fits.json", record)
    account.drop("incoming/ward/above.json", record + b" ")
    account.drain()

    assert account.result("incoming/ward/fits.json")["status"] == "complete"
    assert account.only_failure()["error_type"] == "TooLarge"
    assert account.only_failure()["source_key"] == "incoming/ward/above.json"
