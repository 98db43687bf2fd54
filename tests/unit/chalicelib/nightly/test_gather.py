"""From landing objects to the rows of a transform job and the units that they stand for."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from chalicelib.drafting.masks import normalize_masks
from chalicelib.intake import chunk_plan, reading
from chalicelib.nightly import gather, shards
from chalicelib.nightly.shards import ShardWriter
from chalicelib.objects import ObjectRef
from chalicelib.queue.messages import OwnMessage, WorkItem, whole_object_message
from chalicelib.settings import Model
from tests.unit.chalicelib.stores import LANDING, NOTICED, PROGRESS, RESULTS, Stores

FOLDER = "work/nightly/night-1-1"
MODEL = Model("fine-tuned", "live-endpoint", "small", "1", prompt="Sum up: {findings}!")


def lines(*findings: object) -> bytes:
    return b"\n".join(json.dumps({"findings": text}).encode() for text in findings)


def numbered(count: int) -> bytes:
    return lines(*(f"Text {number}." for number in range(count)))


class Gathered:
    """What one call made of some objects."""

    def __init__(self, stores: Stores, refs: Sequence[ObjectRef], s3: Any = None) -> None:
        self.stores, self.beats = stores, 0
        self.writer = ShardWriter(stores.s3, stores.settings, FOLDER)
        clients = gather.Stores(s3 or stores.s3, stores.dynamodb)
        self.unreadable = gather.gather(clients, MODEL, refs, self.writer, self.beat)
        self.writer.flush()

    def beat(self) -> None:
        self.beats += 1

    @property
    def units(self) -> list[OwnMessage]:
        return list(shards.read_units(self.stores.s3, RESULTS, FOLDER, self.writer.count))

    @property
    def rows(self) -> list[tuple[str, str]]:
        keys = self.stores.keys(shards.input_prefix(FOLDER))
        found = [
            msgspec.json.decode(line)
            for key in keys
            for line in self.stores.content(key).splitlines()
        ]
        return [(row["id"], row["text_inputs"]) for row in found]


def test_an_object_of_just_a_chunk_is_not_cut(stores: Stores) -> None:
    ref = stores.land("nightly/a", numbered(4)).ref

    made = Gathered(stores, [ref])

    assert made.units == [whole_object_message(ref)]
    assert chunk_plan.read(stores.dynamodb, PROGRESS, ref.object_id) is None


def test_a_small_object_is_one_unit_and_a_row_for_each_record(stores: Stores) -> None:
    ref = stores.land("nightly/a", lines("Clear.", "Heart ___ normal.")).ref

    made = Gathered(stores, [ref])

    assert made.units == [whole_object_message(ref)]
    assert made.rows == [
        (f"{ref.object_id}:0", "Sum up: Clear.!"),
        (f"{ref.object_id}:1", f"Sum up: {normalize_masks('Heart ___ normal.')}!"),
    ]
    assert (made.writer.objects, made.writer.records, made.unreadable) == (1, 2, [])


def test_masks_are_drafted_as_the_endpoint_would_be_asked() -> None:
    assert normalize_masks("Heart ___ normal.") != "Heart ___ normal."


def test_records_that_cannot_be_used_have_no_row(stores: Stores) -> None:
    ref = stores.land("nightly/a", lines("One.", "", 5, "Four.")).ref

    made = Gathered(stores, [ref])

    assert [row_id for row_id, _ in made.rows] == [f"{ref.object_id}:0", f"{ref.object_id}:3"]
    assert (made.writer.records, len(made.units)) == (2, 1)


def test_an_object_without_a_usable_record_is_a_unit_all_the_same(stores: Stores) -> None:
    refs = [stores.land("nightly/a", b"[]").ref, stores.land("nightly/b", lines("")).ref]

    made = Gathered(stores, refs)

    assert made.units == [whole_object_message(ref) for ref in refs]
    assert (made.rows, made.writer.objects) == ([], 2)


@pytest.mark.parametrize("form", ["lines", "array"])
def test_a_large_object_is_a_unit_for_each_chunk_of_its_plan(stores: Stores, form: str) -> None:
    texts = [{"findings": f"Text {number}."} for number in range(11)]
    body = numbered(11) if form == "lines" else json.dumps(texts).encode()
    ref = stores.land("nightly/a", body).ref

    made = Gathered(stores, [ref])

    assert [(unit.start, unit.stop) for unit in made.units] == [(0, 4), (4, 8), (8, 11)]
    assert [row_id for row_id, _ in made.rows] == [f"{ref.object_id}:{n}" for n in range(11)]
    plan = chunk_plan.read(stores.dynamodb, PROGRESS, ref.object_id)
    assert plan is not None
    assert (plan.chunks, plan.size, made.writer.objects) == (3, len(body), 1)
    # Each unit leads to its own records.
    for chunk, unit in enumerate(made.units):
        work = WorkItem(unit.ref, NOTICED, unit.start, unit.stop, unit.offset)
        _, frames = reading.read_chunk(stores.s3, work, plan, chunk, 1_000_000)
        assert [frame.index for frame in frames] == list(range(unit.start or 0, unit.stop or 0))


def test_a_large_object_keeps_the_chunks_that_it_was_cut_into_before(stores: Stores) -> None:
    ref = stores.land("nightly/a", numbered(6)).ref
    plan = chunk_plan.Plan(ref.object_id, 6, 5, "lines", seekable=True, size=1)
    chunk_plan.begin(stores.dynamodb, PROGRESS, plan)

    made = Gathered(stores, [ref])

    assert [(unit.start, unit.stop) for unit in made.units] == [(0, 5), (5, 6)]
    assert len(made.rows) == 6


def test_the_rows_of_a_unit_lie_in_its_shard(stores: Stores) -> None:
    stores.settings = msgspec.structs.replace(stores.settings, shard_records=5)
    refs = [
        stores.land("nightly/a", numbered(3)).ref,
        stores.land("nightly/b", numbered(10)).ref,
    ]

    made = Gathered(stores, refs)

    assert made.writer.count == 4
    for shard in range(4):
        (unit,) = msgspec.json.Decoder(OwnMessage).decode_lines(
            stores.content(shards.units_key(FOLDER, shard))
        )
        rows = stores.content(shards.shard_key(FOLDER, shard)).splitlines()
        wanted = range(unit.start or 0, 3 if unit.stop is None else unit.stop)
        ids = [msgspec.json.decode(row)["id"] for row in rows]
        assert ids == [f"{unit.ref.object_id}:{index}" for index in wanted]


def test_what_nobody_can_read_goes_the_usual_way_and_costs_the_others_nothing(
    stores: Stores,
) -> None:
    bodies = {"a": numbered(1), "empty": b"", "picture": b"\x89PNG\r\n", "z": numbered(1)}
    refs = [stores.land(f"nightly/{name}", body).ref for name, body in bodies.items()]
    gone = ObjectRef(LANDING, "nightly/gone", "e")

    made = Gathered(stores, [*refs, gone])

    assert made.unreadable == [whole_object_message(ref) for ref in (refs[1], refs[2], gone)]
    assert [unit.key for unit in made.units] == ["nightly/a", "nightly/z"]
    assert made.writer.objects == 2


def test_objects_come_in_the_order_that_they_were_named_in(stores: Stores) -> None:
    names = [f"{number:02d}" for number in range(gather.SLICE)]
    refs = [stores.land(f"nightly/{name}", numbered(1)).ref for name in reversed(names)]

    made = Gathered(stores, refs)

    assert [unit.ref for unit in made.units] == refs


def test_a_large_object_that_goes_between_two_looks_leaves_no_rows(stores: Stores) -> None:
    went, stays = (stores.land(f"nightly/{name}", numbered(6)).ref for name in ("a", "b"))

    class Vanishing:
        """An object is deleted once it was counted."""

        def get_object(self, **asked: Any) -> Any:
            found = stores.s3.get_object(**asked)
            if asked["Key"] == went.key:
                body = found["Body"].read()
                found["Body"] = StreamingBody(io.BytesIO(body), len(body))
                version = went.version_id or ""
                stores.s3.delete_object(Bucket=LANDING, Key=went.key, VersionId=version)
            return found

    made = Gathered(stores, [went, stays], Vanishing())

    assert {unit.ref for unit in made.units} == {stays}
    assert len(made.rows) == 6


@pytest.mark.parametrize("denied", [1, 2], ids=["when counted", "when packed"])
def test_a_denial_that_passes_takes_no_object_out_of_the_batch(stores: Stores, denied: int) -> None:
    ref = stores.land("nightly/a", numbered(6)).ref
    reads: list[str] = []

    class Flickering:
        """One read is denied, and the same read goes through the next time."""

        def get_object(self, **asked: Any) -> Any:
            reads.append(asked["Key"])
            if len(reads) == denied:
                raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")
            return stores.s3.get_object(**asked)

    made = Gathered(stores, [ref], Flickering())

    assert made.unreadable == []
    assert len(made.rows) == 6
    assert len(reads) == 3


def test_the_run_says_that_it_is_alive_at_every_object_and_unit(stores: Stores) -> None:
    refs = [stores.land("nightly/a", numbered(1)).ref, stores.land("nightly/b", numbered(11)).ref]

    made = Gathered(stores, refs)

    assert made.beats >= len(refs) + len(made.units)


def test_a_run_that_was_taken_over_stops_at_once(stores: Stores) -> None:
    class TakenOverError(Exception):
        pass

    def beat() -> None:
        raise TakenOverError

    refs = [stores.land("nightly/a", numbered(1)).ref]
    writer = ShardWriter(stores.s3, stores.settings, FOLDER)

    with pytest.raises(TakenOverError):
        gather.gather(gather.Stores(stores.s3, stores.dynamodb), MODEL, refs, writer, beat)

    assert stores.keys(FOLDER) == []
