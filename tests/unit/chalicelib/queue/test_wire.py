"""Functions of two releases side by side, as while a deploy replaces one with the other."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import MessageError
from chalicelib.intake import chunk_plan
from chalicelib.nightly import completion, shards
from chalicelib.queue import wire
from chalicelib.queue.messages import OwnMessage, ShardReady, WorkItem, read_message
from tests.account.account import Account
from tests.account.model import draft_for
from tests.account.settings import RESULTS
from tests.nights import BEGAN, Nights, reports
from tests.operators import operate_on
from tests.unit.chalicelib.stores import PROGRESS, Stores

FOLDER = "work/nightly/nightly-1-1"
OWN = {"bucket": "b", "key": "incoming/a", "etag": "e"}


# What the release before 0.1 reads and writes, copied from it.
class OldOwnMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    bucket: str
    key: str
    etag: str
    start: int | None = None
    stop: int | None = None
    version_id: str | None = None
    offset: int | None = None
    again: str | None = None
    night: str | None = None
    drafts: str | None = None


class OldShardReady(msgspec.Struct, frozen=True):
    night: str
    shard: int


class OldPlan(msgspec.Struct, frozen=True):
    object_id: str
    total: int
    chunk_records: int
    form: str
    seekable: bool
    size: int
    again: str | None = None


OLD = {OwnMessage: OldOwnMessage, ShardReady: OldShardReady, chunk_plan.Plan: OldPlan}


def meant(value: msgspec.Struct) -> dict[str, Any]:
    """The fields of a struct of this release as the one before called them."""
    fields = msgspec.structs.asdict(value)
    fields.pop("continued", None)  # it drafts the unit from the beginning
    fields.pop("end", None)  # it reads on to the end of the object
    fields.pop("part", None)  # it reads JSON only, where records have no parts
    return {wire.OLD_NAMES.get(name, name): found for name, found in fields.items()}


def read_by_old(written: bytes | str, kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The same struct as the release before reads it."""
    return msgspec.structs.asdict(msgspec.json.decode(written, type=OLD[kind]))


def new_plan(chunk_records: int, token: str | None) -> chunk_plan.Plan:
    return chunk_plan.Plan(
        "object", 11, chunk_records, "array", seekable=True, size=99, rerun_token=token
    )


Rewrite = Callable[[str], str]


def by_old_release(body: str) -> str:
    fields = json.loads(body)
    return json.dumps({name: fields[name] for name in fields if name not in wire.OLD_NAMES})


def by_next_release(body: str) -> str:
    fields = json.loads(body)
    old = wire.OLD_NAMES.values()
    return json.dumps({name: fields[name] for name in fields if name not in old})


RELEASES = pytest.mark.parametrize(
    "written", [by_old_release, by_next_release, str], ids=["old", "next", "this"]
)


def drain(account: Account, written: Rewrite) -> list[str]:
    """Do all work with the messages as another release had written them; returns the bodies."""
    seen: list[str] = []
    while messages := account._receive():
        bodies = [message["Body"] for message in messages]
        records = [
            account._sqs_record(message) | {"body": written(body)}
            for message, body in zip(messages, bodies, strict=True)
        ]
        assert account.invoke({"Records": records}) == {"batchItemFailures": []}
        for message in messages:
            account.sqs.delete_message(
                QueueUrl=account.queue_url, ReceiptHandle=message["ReceiptHandle"]
            )
        seen += bodies
    return seen


def stored_plan(account: Account) -> dict[str, Any]:
    """The only plan in the progress table, as the item that holds it."""
    items = account.dynamodb.scan(TableName="progress-test")["Items"]
    (item,) = (item for item in items if "plan" in item)
    return dict(item)


class TestMessagesOfTheOtherRelease:
    @RELEASES
    def test_about_a_chunk_of_a_re_run_are_done(self, account: Account, written: Rewrite) -> None:
        account.configure({"CHUNK_RECORDS": "2"})
        key = "incoming/ward/a.jsonl"
        account.finish(key, reports(5))
        account.model.write = lambda _: "Another draft."
        operate_on("rerun", key=key, token="t1")

        seen = drain(account, written)

        assert len(seen) == 4
        assert [one["impression"] for one in account.entries(key)] == ["Another draft."] * 5
        assert len(account.rows("impressions")) == 5
        assert len(account.model.prompts) == 10

    @RELEASES
    def test_about_a_chunk_under_a_plan_of_the_other_release_are_done(
        self, account: Account, written: Rewrite
    ) -> None:
        account.configure({"CHUNK_RECORDS": "2"})
        key = "incoming/ward/a.jsonl"
        account.finish(key, reports(5))
        account.model.write = lambda _: "Another draft."
        operate_on("rerun", key=key, token="t1")
        account.invoke({"Records": [account._sqs_record(one) for one in account._receive()]})
        item = stored_plan(account)
        item["plan"] = {"S": written(item["plan"]["S"])}
        account.dynamodb.put_item(TableName="progress-test", Item=item)

        drain(account, written)

        assert [one["impression"] for one in account.entries(key)] == ["Another draft."] * 5

    @RELEASES
    def test_about_a_shard_and_its_units_are_joined_with_the_batch_s_drafts(
        self, account: Account, nights: Nights, written: Rewrite
    ) -> None:
        account.configure({"CHUNK_RECORDS": "4"})
        small, large = "nightly/ward/a.jsonl", "nightly/ward/b.jsonl"
        account.put(small, reports(2))
        account.put(large, reports(6, 2))
        nights.run()
        nights.sagemaker.complete(nights.only_job)
        completion.settle(nights.context, nights.only_job)

        seen = drain(account, written)

        units = [body for body in seen if "drafts" in body]
        assert (len(seen), len(units)) == (4, 3)
        drafts = [one["impression"] for key in (small, large) for one in account.entries(key)]
        assert drafts == [draft_for(f"Findings {number}.") for number in range(8)]
        # Every one is the batch's: the live endpoint was not asked, and its latency is the job's.
        assert account.model.prompts == []
        assert {row["latency_ms"] for row in account.rows("impressions")} == {90_000.0}


class TestWhatTheReleaseBeforeReads:
    def test_is_the_same_in_every_message_of_a_re_run(self, account: Account) -> None:
        account.configure({"CHUNK_RECORDS": "2"})
        account.finish("incoming/ward/a.jsonl", reports(5))

        operate_on("rerun", key="incoming/ward/a.jsonl", token="t1")
        seen = drain(account, str)

        whole, *chunks = (read_by_old(body, OwnMessage) for body in seen)
        assert (whole["again"], whole["start"]) == ("t1", None)
        assert [(one["start"], one["stop"], one["again"]) for one in chunks] == [
            (0, 2, "t1"),
            (2, 4, "t1"),
            (4, 5, "t1"),
        ]

    def test_is_the_same_in_every_message_of_a_batch(
        self, account: Account, nights: Nights
    ) -> None:
        account.put("nightly/ward/a.jsonl", reports(2))
        nights.run()
        nights.sagemaker.complete(nights.only_job)
        completion.settle(nights.context, nights.only_job)

        shard, unit = drain(account, str)

        folder = nights.context.ledger.read().nights[0].folder
        assert read_by_old(shard, ShardReady) == {"night": folder, "shard": 0}
        told = read_by_old(unit, OwnMessage)
        assert (told["night"], told["again"]) == (folder, None)
        assert told["drafts"] == f"{folder}/out/00000.jsonl.out"

    def test_is_the_same_in_the_units_of_a_folder(self, account: Account, nights: Nights) -> None:
        account.configure({"CHUNK_RECORDS": "2"})
        account.put("nightly/ward/a.jsonl", reports(3))
        nights.run()
        folder = nights.context.ledger.read().nights[0].folder

        lines = account.read(shards.units_key(folder, 0)).splitlines()

        units = list(shards.read_units(nights.context.s3, RESULTS, folder, 1))
        assert [(unit.start, unit.stop) for unit in units] == [(0, 2), (2, 3)]
        assert [read_by_old(line, OwnMessage) for line in lines] == [meant(one) for one in units]

    @pytest.mark.parametrize("token", [None, "t1"])
    def test_is_the_same_in_the_stored_plan(self, stores: Stores, token: str | None) -> None:
        plan = new_plan(4, token)

        chunk_plan.begin(stores.dynamodb, PROGRESS, plan)

        found = stores.dynamodb.get_item(TableName=PROGRESS, Key={"object_id": {"S": "object"}})
        assert read_by_old(found["Item"]["plan"]["S"], chunk_plan.Plan) == meant(plan)
        # Its condition for a re-run compares this attribute.
        assert found["Item"]["again"]["S"] == (token or "")


class TestPlanOfTheReleaseBefore:
    OLD_PLAN = OldPlan("object", 11, 4, "array", seekable=True, size=99, again="t1")

    @pytest.fixture(autouse=True)
    def _stored(self, stores: Stores) -> None:
        item: dict[str, Any] = {
            "object_id": {"S": "object"},
            "plan": {"S": msgspec.json.encode(self.OLD_PLAN).decode()},
            "again": {"S": "t1"},
            "done": {"M": {"c0": {"N": "0"}}},
            "expiration": {"N": "9999999999"},
        }
        stores.dynamodb.put_item(TableName=PROGRESS, Item=item)

    def test_is_read(self, stores: Stores) -> None:
        plan = new_plan(4, "t1")

        assert chunk_plan.read(stores.dynamodb, PROGRESS, "object") == plan
        assert chunk_plan.read_progress(stores.dynamodb, PROGRESS, "object") == (plan, {0: 0})

    @pytest.mark.parametrize(("token", "done"), [("t1", {0: 0}), ("t2", {})])
    def test_stands_for_its_own_re_run_and_gives_way_to_another(
        self, stores: Stores, token: str, done: dict[int, int]
    ) -> None:
        wanted = new_plan(5, token)

        begun = chunk_plan.begin(stores.dynamodb, PROGRESS, wanted)

        assert (begun.rerun_token, begun.chunk_records) == (token, 4)
        assert chunk_plan.read_progress(stores.dynamodb, PROGRESS, "object") == (begun, done)


class TestTwoNamesOfOneField:
    CONTRADICTIONS = pytest.mark.parametrize(
        "message",
        [
            {**OWN, "rerun_token": "t1", "again": "t2"},
            {**OWN, "rerun_token": None, "again": "t2"},
            {**OWN, "rerun_token": "t1", "again": None},
            {**OWN, "batch_folder": FOLDER, "night": f"{FOLDER}2", "drafts": f"{FOLDER}/out/a"},
            {"batch_folder": FOLDER, "night": f"{FOLDER}2", "shard": 0},
        ],
    )

    @CONTRADICTIONS
    def test_that_differ_are_no_message_of_ours(self, message: dict[str, Any]) -> None:
        with pytest.raises(MessageError):
            read_message(json.dumps(message), BEGAN)

    @CONTRADICTIONS
    def test_that_differ_send_the_message_back_to_the_queue(
        self, account: Account, message: dict[str, Any]
    ) -> None:
        account.deliver(json.dumps(message))

        account.drain()

        assert [json.loads(one["Body"]) for one in account.given_back] == [message]
        assert '"error":"MessageError"' in account.logs

    def test_that_agree_are_one_value(self) -> None:
        body = json.dumps({**OWN, "rerun_token": "t1", "again": "t1"})

        (work,) = read_message(body, BEGAN)

        assert isinstance(work, WorkItem)
        assert work.rerun_token == "t1"


TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
MAYBE = st.none() | TEXT
COUNT = st.integers(0, 1 << 40)
OWN_MESSAGES = st.builds(
    OwnMessage,
    bucket=TEXT,
    key=TEXT,
    etag=TEXT,
    start=st.none() | COUNT,
    stop=st.none() | COUNT,
    version_id=MAYBE,
    offset=st.none() | COUNT,
    rerun_token=MAYBE,
    batch_folder=MAYBE,
    drafts=MAYBE,
)
SHARDS = st.builds(ShardReady, batch_folder=TEXT, shard=COUNT)
PLANS = st.builds(
    chunk_plan.Plan,
    object_id=TEXT,
    total=COUNT,
    chunk_records=COUNT,
    form=st.sampled_from(["array", "lines"]),
    seekable=st.booleans(),
    size=COUNT,
    rerun_token=MAYBE,
)


class TestAnyStruct:
    @given(value=OWN_MESSAGES | SHARDS | PLANS)
    def test_comes_back_as_it_was(self, value: OwnMessage | ShardReady | chunk_plan.Plan) -> None:
        fields = wire.with_new_names(msgspec.json.decode(wire.encode(value)))

        assert msgspec.convert(fields, type(value)) == value

    @given(value=OWN_MESSAGES | SHARDS | PLANS)
    def test_means_the_same_to_the_release_before(
        self, value: OwnMessage | ShardReady | chunk_plan.Plan
    ) -> None:
        assert read_by_old(wire.encode(value), type(value)) == meant(value)

    @given(value=OWN_MESSAGES | SHARDS | PLANS)
    def test_of_the_release_before_means_the_same_here(
        self, value: OwnMessage | ShardReady | chunk_plan.Plan
    ) -> None:
        old = OLD[type(value)](**meant(value))

        fields = wire.with_new_names(msgspec.json.decode(msgspec.json.encode(old)))

        assert msgspec.convert(fields, type(value)) == value

    @given(value=OWN_MESSAGES | SHARDS)
    def test_has_neither_name_of_a_field_that_it_does_not_use(
        self, value: OwnMessage | ShardReady
    ) -> None:
        written = msgspec.json.decode(wire.encode(value))

        for new, old in wire.OLD_NAMES.items():
            used = getattr(value, new, None) is not None
            assert (new in written, old in written) == (used, used)


def test_renaming_leaves_what_it_is_given_alone() -> None:
    fields = {"again": "t1", "key": "k"}

    assert wire.with_new_names(fields) == {"rerun_token": "t1", "key": "k"}
    assert fields == {"again": "t1", "key": "k"}
