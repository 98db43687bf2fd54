from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from common.aws import Target
from common.errors import AwsError, SettingError
from training.fine_tuning import local
from training.fine_tuning.started import create

from .conftest import BUCKET


def request(account: Target) -> dict[str, Any]:
    config = local.job(f"s3://{BUCKET}/data/", f"s3://{BUCKET}/output", job_name="mine")
    return local.request_of(config, account, "content", put=False)


def test_a_job_is_started(account: Target) -> None:
    create(account, request(account))

    client = account.client("sagemaker")
    assert client.describe_training_job(TrainingJobName="mine")["TrainingJobName"] == "mine"


def test_a_name_that_another_job_has_is_the_user_s_to_change(account: Target) -> None:
    with Stubber(account.client("sagemaker")) as stub:
        stub.add_client_error("create_training_job", "ResourceInUse", "Job name must be unique")

        with pytest.raises(SettingError, match="--job-name mine: another job has this name"):
            create(account, request(account))


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceLimitExceeded"])
def test_what_sagemaker_refuses_is_one_line_about_the_job(account: Target, code: str) -> None:
    with Stubber(account.client("sagemaker")) as stub:
        stub.add_client_error("create_training_job", code, "No.\nReally.")

        with pytest.raises(AwsError) as caught:
            create(account, request(account))

    assert str(caught.value).startswith("training job mine: ")
    assert caught.value.code == code
