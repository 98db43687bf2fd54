"""A batch's folder: which rows and which units lie in which shard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import scratch
from chalicelib.errors import TransformError
from chalicelib.nightly import shards
from chalicelib.nightly.shards import ShardWriter
from chalicelib.queue.messages import OwnMessage
from chalicelib.settings import Settings
from tests.unit.chalicelib.stores import LIVE, RESULTS, Stores

FOLDER = "work/nightly/night-1-1"


def settings(shard_records: int) -> Settings:
    return Settings(RESULTS, "", "", "", (LIVE,), shard_records=shard_records)


def unit(number: int) -> OwnMessage:
    return OwnMessage("b", f"nightly/{number}", "e")


def rows(count: int, size: int = 0) -> list[bytes]:
    return [shards.row("0" * 32, index, "x" * size) for index in range(count)]


def write(s3: Any, sizes: Sequence[int], shard_records: int = 3) -> ShardWriter:
    """Gather a unit of each size."""
    writer = ShardWriter(s3, settings(shard_records), FOLDER)
    for number, size in enumerate(sizes):
        writer.add(unit(number), rows(size))
    writer.flush()
    return writer


def units_in(stores: Stores, shard: int) -> list[int]:
    body = stores.content(shards.units_key(FOLDER, shard))
    return [int(msgspec.json.decode(line)["key"].split("/")[1]) for line in body.splitlines()]


class TestWriter:
    @pytest.mark.parametrize(
        ("sizes", "packed"),
        [
            ([], []),
            ([3], [[0]]),
            ([1, 1, 1, 1], [[0, 1, 2], [3]]),
            ([2, 2, 1], [[0], [1, 2]]),
            ([1, 9, 1], [[0], [1], [2]]),
            ([0, 0, 3, 0], [[0, 1, 2, 3]]),
        ],
    )
    def test_packs_whole_units_in_order(
        self, stores: Stores, sizes: list[int], packed: list[list[int]]
    ) -> None:
        writer = write(stores.s3, sizes)

        assert (writer.count, writer.records) == (len(packed), sum(sizes))
        assert [units_in(stores, shard) for shard in range(writer.count)] == packed
        lines = [
            len(stores.content(shards.shard_key(FOLDER, shard)).splitlines())
            for shard in range(writer.count)
        ]
        assert lines == [sum(sizes[number] for number in units) for units in packed]

    def test_does_not_fill_a_shard_with_more_bytes_than_one_may_hold(
        self, stores: Stores, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (line,) = rows(1, 500)
        monkeypatch.setattr(shards, "SHARD_BYTES", 2 * len(line))
        writer = ShardWriter(stores.s3, settings(1000), FOLDER)

        for number in range(5):
            writer.add(unit(number), rows(1, 500))
        writer.flush()

        assert [units_in(stores, shard) for shard in range(writer.count)] == [[0, 1], [2, 3], [4]]

    def test_writes_no_empty_shard_for_the_job(self, stores: Stores) -> None:
        write(stores.s3, [0, 0])

        assert stores.keys(shards.input_prefix(FOLDER)) == []
        assert units_in(stores, 0) == [0, 1]

    def test_writes_a_shard_once(self, stores: Stores) -> None:
        writer = write(stores.s3, [1])

        writer.flush()

        assert writer.count == 1
        assert len(stores.keys(f"{FOLDER}/units/")) == 1

    def test_goes_on_where_an_earlier_invocation_ended(self, stores: Stores) -> None:
        write(stores.s3, [3, 3])
        writer = ShardWriter(stores.s3, settings(3), FOLDER, count=2, records=6, objects=2)

        writer.add(unit(9), rows(1))
        writer.flush()

        assert (writer.count, writer.records) == (3, 7)
        assert [units_in(stores, shard) for shard in range(3)] == [[0], [1], [9]]

    @given(sizes=st.lists(st.integers(0, 7), max_size=30), most=st.integers(1, 6))
    def test_puts_every_unit_into_one_shard_and_no_shard_is_too_long(
        self, sizes: list[int], most: int
    ) -> None:
        class Bucket(dict[str, bytes]):
            def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> None:
                self[Key] = Body

        bucket = Bucket()

        writer = write(bucket, sizes, most)

        found = [
            [int(msgspec.json.decode(line)["key"].split("/")[1]) for line in body.splitlines()]
            for key, body in sorted(bucket.items())
            if "/units/" in key
        ]
        assert [number for units in found for number in units] == list(range(len(sizes)))
        assert len(found) == writer.count
        for units in found:
            filled = [sizes[number] for number in units if sizes[number]]
            assert sum(filled) <= most or len(filled) == 1


def test_a_row_joins_a_prompt_with_its_record() -> None:
    line = shards.row("f" * 32, 7, 'He said "é".\n')

    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    assert msgspec.json.decode(line) == {
        "id": f"{'f' * 32}:7",
        "text_inputs": 'He said "é".\n',
    }


class TestUnits:
    def test_come_back_in_the_order_of_the_gathering(self, stores: Stores) -> None:
        writer = write(stores.s3, [3, 3, 1, 1])

        found = list(shards.read_units(stores.s3, RESULTS, FOLDER, writer.count))

        assert found == [unit(number) for number in range(4)]

    def test_of_a_folder_that_has_expired_are_none(self, stores: Stores) -> None:
        assert list(shards.read_units(stores.s3, RESULTS, FOLDER, 3)) == []

    def test_of_a_drafted_shard_name_folder_and_output(self, stores: Stores) -> None:
        write(stores.s3, [3, 3])
        outputs = [f"{FOLDER}/out/deep/er/0000{shard}.jsonl.out" for shard in (1, 0)]
        for key in outputs:
            scratch.write(stores.s3, RESULTS, key, b"x")

        (found,) = shards.read_drafted_units(stores.s3, RESULTS, FOLDER, 1)

        assert found == msgspec.structs.replace(unit(1), batch_folder=FOLDER, drafts=outputs[0])

    def test_of_a_shard_without_an_output_name_the_folder_alone(self, stores: Stores) -> None:
        write(stores.s3, [3])

        (found,) = shards.read_drafted_units(stores.s3, RESULTS, FOLDER, 0)

        assert found == msgspec.structs.replace(unit(0), batch_folder=FOLDER)

    @pytest.mark.parametrize("folder", ["results/x", "", "/work/nightly/n", "work/nightl"])
    def test_of_another_folder_are_refused(self, stores: Stores, folder: str) -> None:
        with pytest.raises(TransformError, match="does not name the folder of a nightly batch"):
            shards.read_drafted_units(stores.s3, RESULTS, folder, 0)
