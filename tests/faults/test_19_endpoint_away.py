"""19: endpoint missing, creating, updating: back to the queue with delay, alarm; nothing lost."""

from __future__ import annotations

import json

import pytest

from tests.worlds import FINE_TUNED, PRE_TRAINED, World, draft_for

BODY = json.dumps({"findings": "Clear.", "impression": "Normal."}).encode()
MISSING = (400, "ValidationError")


def test_19_the_file_waits_and_is_done_when_the_endpoint_is_there(world: World) -> None:
    is_away = True
    world.trouble_endpoint(lambda *_: MISSING if is_away else None)

    world.drop("incoming/ward/a.json", BODY)
    world.drain()

    assert len(world.given_back) == 1
    assert '"delay_s":300' in world.logs
    assert '"EndpointUnavailable":[1.0]' in world.logs

    is_away = False
    world.redeliver()
    world.drain()

    assert world.result("incoming/ward/a.json")["status"] == "complete"


def test_19_in_the_evaluation_lane_a_model_that_is_down_fails_its_own_rows_only(
    world: World,
) -> None:
    world.add_pre_trained()
    world.trouble_endpoint(lambda name, _: MISSING if name == PRE_TRAINED else None)

    world.drop("evaluation/dev/a.json", BODY)
    world.drain()
    for _ in range(2):
        assert len(world.given_back) == 1
        assert not [key for key in world.list_keys() if key.startswith("results/")]
        world.redeliver()
        world.drain()

    assert world.given_back == []
    roles = [row["model_role"] for row in world.rows("impressions")]
    assert roles == ["fine-tuned", "baseline-constant", "baseline-lead"]
    failure = world.only_failure()
    assert (failure["model_role"], failure["error_type"]) == ("pre-trained", "ModelDown")
    assert failure["retryable"] is True
    # What the other wrote on the first delivery was kept: it is paid for once.
    assert len(world.model.prompts) == 1


@pytest.mark.parametrize("change", ["version", "prompt"])
def test_19_drafts_that_were_kept_are_not_taken_for_another_model_s(
    world: World, change: str
) -> None:
    world.add_pre_trained()
    is_away = True
    world.trouble_endpoint(lambda name, _: MISSING if name == PRE_TRAINED and is_away else None)
    world.drop("evaluation/dev/a.json", BODY)
    world.drain()

    is_away = False
    changed = {
        "version": {"FINE_TUNED_MODEL_VERSION": "2"},
        "prompt": {"FINE_TUNED_PROMPT": "Say: {findings}"},
    }
    world.configure(changed[change])
    world.redeliver()
    world.drain()

    assert len(world.model.prompts) == 2
    row = next(row for row in world.rows("impressions") if row["endpoint_name"] == FINE_TUNED)
    if change == "version":
        assert row["model_version"] == "2"
    else:
        assert row["generated_impression"] != draft_for("Clear.")
