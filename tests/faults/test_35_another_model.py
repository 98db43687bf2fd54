"""35: model or prompt changed during a run: every row names the version that made it."""

from __future__ import annotations

from collections import Counter

from chalicelib.drafting.prompts import prompt_sha256
from tests.nights import Nights, reports
from tests.operators import operate_on
from tests.worlds import PROMPT_HEAD, World

KEY = "incoming/ward/a.jsonl"


def test_35_chunks_before_and_after_the_change_name_their_own(world: World) -> None:
    world.configure({"CHUNK_RECORDS": "2"})
    world.drop(KEY, reports(4))
    messages = world._receive()
    world.invoke({"Records": [world._sqs_record(one) for one in messages]})
    first, *rest = world._receive()
    world.invoke({"Records": [world._sqs_record(first)]})

    world.configure({"FINE_TUNED_MODEL_VERSION": "2", "FINE_TUNED_PROMPT": "Say: {findings}"})
    world.invoke({"Records": [world._sqs_record(one) for one in rest]})

    rows = world.rows("impressions")
    found = Counter((row["model_version"], row["prompt_sha256"]) for row in rows)
    assert found == {
        ("1", prompt_sha256(PROMPT_HEAD + "{findings}")): 2,
        ("2", prompt_sha256("Say: {findings}")): 2,
    }


def test_35_what_a_batch_drafted_names_the_model_of_the_batch(world: World, nights: Nights) -> None:
    world.put("nightly/ward/a.jsonl", reports(4))
    nights.run()
    world.configure({"FINE_TUNED_MODEL_VERSION": "2"})

    # One line is lost: the live model of now drafts that record.
    nights.finish(lambda lines: lines[1:])

    versions = [row["model_version"] for row in world.rows("impressions")]
    assert versions == ["2", "1", "1", "1"]
    models = [one["model"] for one in world.entries("nightly/ward/a.jsonl")]
    assert [name.rpartition("@")[2] for name in models] == versions


def test_35_a_re_run_replaces_the_rows_by_those_of_the_current_model(world: World) -> None:
    world.configure({"CHUNK_RECORDS": "2"})
    world.finish(KEY, reports(5))
    world.configure({"FINE_TUNED_MODEL_VERSION": "2", "CHUNK_RECORDS": "3"})

    told = operate_on("rerun", key=KEY, token="after-2")
    world.drain()
    again = operate_on("rerun", key=KEY, token="after-2")
    world.drain()

    assert told == again == {"rerun": 1, "token": "after-2"}
    versions = [row["model_version"] for row in world.rows("impressions")]
    assert versions == ["2"] * 5
    assert len(world.rows("files")) == 1
    # The same token is the same re-run: paid for once.
    assert len(world.model.prompts) == 10
