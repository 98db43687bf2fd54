"""The endpoint is missing or not in service.

Injected: The endpoint does not exist, for all models or for one of two; meanwhile the model's
version or prompt changes.
Asserted: The message goes back with a longer delay, an alarm metric is counted, and nothing is
lost. In the evaluation lane the other model's drafts are kept and paid for once, and the missing
model's records fail at the third delivery, marked as retryable.
"""

from __future__ import annotations

import json

import pytest

from tests.account.account import Account
from tests.account.model import draft_for
from tests.account.settings import FINE_TUNED, PRE_TRAINED

BODY = json.dumps({"findings": "Clear.", "impression": "Normal."}).encode()
MISSING = (400, "ValidationError")


def test_19_the_file_waits_and_is_done_when_the_endpoint_is_there(account: Account) -> None:
    is_away = True
    account.trouble_endpoint(lambda *_: MISSING if is_away else None)

    account.drop("incoming/ward/a.json", BODY)
    account.drain()

    assert len(account.given_back) == 1
    assert '"delay_s":300' in account.logs
    assert '"EndpointUnavailable":[1.0]' in account.logs

    is_away = False
    account.redeliver()
    account.drain()

    assert account.result("incoming/ward/a.json")["status"] == "complete"


def test_19_in_the_evaluation_lane_a_model_that_is_down_fails_its_own_rows_only(
    account: Account,
) -> None:
    account.add_pre_trained()
    account.trouble_endpoint(lambda name, _: MISSING if name == PRE_TRAINED else None)

    account.drop("evaluation/dev/a.json", BODY)
    account.drain()
    for _ in range(2):
        assert len(account.given_back) == 1
        assert not [key for key in account.list_keys() if key.startswith("results/")]
        account.redeliver()
        account.drain()

    assert account.given_back == []
    roles = [row["model_role"] for row in account.rows("impressions")]
    assert roles == ["fine-tuned", "baseline-constant", "baseline-lead"]
    failure = account.only_failure()
    assert (failure["model_role"], failure["error_type"]) == ("pre-trained", "ModelDown")
    assert failure["retryable"] is True
    # What the other wrote on the first delivery was kept: it is paid for once.
    assert len(account.model.prompts) == 1


@pytest.mark.parametrize("change", ["version", "prompt"])
def test_19_drafts_that_were_kept_are_not_taken_for_another_model_s(
    account: Account, change: str
) -> None:
    account.add_pre_trained()
    is_away = True
    account.trouble_endpoint(lambda name, _: MISSING if name == PRE_TRAINED and is_away else None)
    account.drop("evaluation/dev/a.json", BODY)
    account.drain()

    is_away = False
    changed = {
        "version": {"FINE_TUNED_MODEL_VERSION": "2"},
        "prompt": {"FINE_TUNED_PROMPT": "Say: {findings}"},
    }
    account.configure(changed[change])
    account.redeliver()
    account.drain()

    assert len(account.model.prompts) == 2
    row = next(row for row in account.rows("impressions") if row["endpoint_name"] == FINE_TUNED)
    if change == "version":
        assert row["model_version"] == "2"
    else:
        assert row["generated_impression"] != draft_for("Clear.")
