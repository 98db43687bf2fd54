from __future__ import annotations

import pytest
from moto.backends import get_backend

from common.aws import Target

BUCKET = "training-bucket"


@pytest.fixture
def account(moto_target: Target) -> Target:
    """An account with a bucket, where local jobs are started."""
    moto_target.client("s3").create_bucket(Bucket=BUCKET)
    return moto_target


def set_status(job: str, status: str) -> None:
    """Let a training job be like this: moto's are all Completed at once."""
    backend = get_backend("sagemaker")["123456789012"]["us-east-1"]
    backend.training_jobs[job].training_job_status = status
