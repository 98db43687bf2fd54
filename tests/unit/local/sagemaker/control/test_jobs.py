"""Training jobs through boto3: they run for real, with a trainer that needs no torch."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from local.sagemaker.control import jobs
from local.sagemaker.control.store import Store

if TYPE_CHECKING:
    from tests.unit.local.sagemaker.control.conftest import Laptop


def test_job_goes_through_its_statuses_and_leaves_a_model(laptop: Laptop) -> None:
    laptop.train("one")

    done = laptop.ended("one")

    assert done["TrainingJobStatus"] == "Completed", done.get("FailureReason")
    assert [one["Status"] for one in done["SecondaryStatusTransitions"]] == [
        *("Pending", "Starting", "Downloading", "Training", "Uploading", "Completed")
    ]
    uri = done["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == "s3://training/jobs/one/output/model.tar.gz"
    body = laptop.client("s3").get_object(Bucket="training", Key="jobs/one/output/model.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(body["Body"].read())) as tar:
        assert "model.safetensors" in tar.getnames()
    metrics = {one["MetricName"]: one["Value"] for one in done["FinalMetricDataList"]}
    assert metrics["train_loss"] == pytest.approx(1e-05)
    assert metrics["val_loss"] == 0.25
    assert "{'eval_loss': 0.25, 'epoch': 1.0}" in laptop.log("one")


def test_job_that_fails_says_why(laptop: Laptop) -> None:
    laptop.train("two", "fail")

    done = laptop.ended("two")

    assert done["TrainingJobStatus"] == "Failed"
    assert done["FailureReason"] == "AlgorithmError: the data says so, exit code: 3"


def test_stopped_job_keeps_its_checkpoint_for_the_next_one(laptop: Laptop) -> None:
    laptop.train("three", "wait")
    laptop.until("three", lambda found: bool(begun(laptop, "three")))

    laptop.client("sagemaker").stop_training_job(TrainingJobName="three")
    stopped = laptop.ended("three")
    laptop.train("four")
    done = laptop.ended("four")

    assert (stopped["TrainingJobStatus"], done["TrainingJobStatus"]) == ("Stopped", "Completed")
    begins = laptop.log("four")
    assert any(line.startswith("begins at ") and line != "begins at 0" for line in begins)


def begun(laptop: Laptop, name: str) -> list[str]:
    """The steps that a job's log tells of."""
    try:
        return [line for line in laptop.log(name) if line.startswith("progress: ")]
    except (ClientError, IndexError):
        return []  # no log yet


def test_job_over_its_time_is_stopped(laptop: Laptop) -> None:
    laptop.train("five", "wait", StoppingCondition={"MaxRuntimeInSeconds": 1})

    done = laptop.ended("five")

    assert (done["TrainingJobStatus"], done["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def test_job_without_data_names_them(laptop: Laptop) -> None:
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://training/none"}
    nothing = {"ChannelName": "training", "DataSource": {"S3DataSource": source}}
    laptop.train("six", InputDataConfig=[nothing])

    done = laptop.ended("six")

    assert "no S3 objects found under S3 URL 's3://training/none'" in done["FailureReason"]


def test_taken_name_is_refused(laptop: Laptop) -> None:
    laptop.train("eight")

    with pytest.raises(ClientError, match=r"ResourceInUse.*eight exists"):
        laptop.train("eight")


def test_image_that_cannot_run_is_stood_in_for_and_the_log_says_so(laptop: Laptop) -> None:
    laptop.train(
        "nine",
        AlgorithmSpecification={
            "TrainingImage": "1.dkr.ecr.us-east-1.amazonaws.com/huggingface:1",
            "TrainingInputMode": "File",
        },
        HyperParameters={"epochs": "3", "peft_type": "none"},
    )

    laptop.ended("nine")

    log = "\n".join(laptop.log("nine"))
    assert "the local trainer replaces it" in log
    assert "starts from the committed pre-trained model" in log


def test_jobs_are_listed_by_page_newest_first(laptop: Laptop) -> None:
    for name in ("a-1", "a-2", "b-1"):
        laptop.train(name)
    for name in ("a-1", "a-2", "b-1"):
        laptop.ended(name)
    client = laptop.client("sagemaker")

    first = client.list_training_jobs(SortOrder="Descending", MaxResults=2)
    rest = client.list_training_jobs(
        SortOrder="Descending", MaxResults=2, NextToken=first["NextToken"]
    )
    some = client.list_training_jobs(NameContains="a-", StatusEquals="Completed")

    names = [one["TrainingJobName"] for one in [*first["TrainingJobSummaries"]]]
    assert names == ["b-1", "a-2"]
    assert [one["TrainingJobName"] for one in rest["TrainingJobSummaries"]] == ["a-1"]
    assert len(some["TrainingJobSummaries"]) == 2


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"TrainingJobName": "no good"}, "regular expression pattern"),
        ({"ResourceConfig": {"InstanceType": "ml.p9.big", "VolumeSizeInGB": 1}}, "enum value set"),
    ],
)
def test_what_aws_would_refuse_is_refused(
    laptop: Laptop, change: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ClientError, match=problem):
        laptop.train(**{"name": "ten"} | {"data": "{}"} | change)


def test_job_of_a_server_that_was_killed_has_failed_and_says_what_to_do(tmp_path: Path) -> None:
    store = Store(tmp_path)
    jobs.Jobs(store, lambda _: None).create(
        {
            "TrainingJobName": "lost",
            "AlgorithmSpecification": {"TrainingImage": "impressions-local/small-t5:1"},
        }
    )
    jobs.move(store, "lost", "InProgress", "Training", "")
    begun: list[str] = []

    again = jobs.Jobs(Store(tmp_path), begun.append)
    again.take_up()

    found = again.describe({"TrainingJobName": "lost"})
    assert found["TrainingJobStatus"] == "Failed"
    assert "resume from its checkpoint" in found["FailureReason"]
    assert begun == []
    assert json.dumps(found)
