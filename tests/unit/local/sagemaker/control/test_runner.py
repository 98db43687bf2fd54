"""Training jobs, run for real with a trainer that needs no torch."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from common.errors import EnvironmentSetupError
from local.sagemaker.control.runner import Patience
from tests.unit.local.sagemaker.control.harness import (
    BUCKET,
    ControlPlaneHarness,
    FakeAws,
    ended,
    job_request,
    until,
)


def secondary(job: dict[str, Any]) -> list[str]:
    return [one["Status"] for one in job["SecondaryStatusTransitions"]]


def weights(aws: FakeAws, name: str = "job-1") -> str:
    packed = aws.objects[f"{BUCKET}/output/{name}/output/model.tar.gz"]
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        found = tar.extractfile("weights")
        assert found is not None
        return found.read().decode()


def slow(**more: str) -> dict[str, Any]:
    return {"HyperParameters": {"steps": "100000", "pause": "0.02"} | more}


def test_a_job_runs_and_leaves_its_model_log_and_figures(
    harness: ControlPlaneHarness, client: Any
) -> None:
    made = client.create_training_job(**job_request(HyperParameters={"steps": "3"}))
    job = ended(client)

    assert made["TrainingJobArn"].endswith(":training-job/job-1")
    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Completed"
    assert secondary(job) == [
        *("Pending", "Starting", "Downloading", "Training", "Uploading", "Completed"),
    ]
    assert all("EndTime" in one for one in job["SecondaryStatusTransitions"])
    assert job["BillableTimeInSeconds"] == job["TrainingTimeInSeconds"] >= 1
    uri = job["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == f"{BUCKET}/output/job-1/output/model.tar.gz"
    assert weights(harness.aws) == "3"
    [(stream, lines)] = harness.aws.lines.items()
    assert stream.startswith("job-1/algo-1-")
    assert "starting at step 0 with ['train.jsonl']" in lines
    assert [value for _, _, value in harness.aws.figures] == [1.0, 0.5, pytest.approx(1 / 3)]
    [final] = job["FinalMetricDataList"]
    assert (final["MetricName"], final["Value"]) == ("train:loss", pytest.approx(1 / 3))


def test_the_same_model_folder_gives_the_same_archive(
    harness: ControlPlaneHarness, client: Any
) -> None:
    for name in ("job-1", "job-2"):
        client.create_training_job(
            **job_request(name, CheckpointConfig={"S3Uri": f"{BUCKET}/{name}"})
        )
        ended(client, name)

    first, second = (
        harness.aws.objects[f"{BUCKET}/output/{name}/output/model.tar.gz"]
        for name in ("job-1", "job-2")
    )
    assert first == second


def test_a_job_that_is_stopped_keeps_what_its_model_folder_holds(
    harness: ControlPlaneHarness, client: Any
) -> None:
    client.create_training_job(**job_request(**slow()))
    until(lambda: f"{BUCKET}/checkpoints/1/step" in harness.aws.objects)

    client.stop_training_job(TrainingJobName="job-1")
    job = ended(client)

    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Stopped"
    assert "Stopping" in secondary(job)
    assert int(weights(harness.aws)) == int(harness.aws.objects[f"{BUCKET}/checkpoints/1/step"])
    with pytest.raises(ClientError, match="is in status Stopped"):
        client.stop_training_job(TrainingJobName="job-1")


def test_a_job_that_does_not_hear_is_killed(harness: ControlPlaneHarness) -> None:
    harness.patience = Patience(stop=0.2)
    with harness.server() as server:
        client = server.client()
        client.create_training_job(**job_request(**slow(deaf="1")))
        until(lambda: f"{BUCKET}/checkpoints/1/step" in harness.aws.objects)

        client.stop_training_job(TrainingJobName="job-1")
        job = ended(client)

    assert job["TrainingJobStatus"] == "Stopped"
    assert int(weights(harness.aws)) >= 1


def test_a_job_that_takes_too_long_is_stopped(harness: ControlPlaneHarness, client: Any) -> None:
    client.create_training_job(
        **job_request(StoppingCondition={"MaxRuntimeInSeconds": 1}, **slow())
    )
    job = ended(client)

    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")
    assert "S3ModelArtifacts" in job["ModelArtifacts"]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("fail", "AlgorithmError: the data is empty, exit code: 3"),
        ("crash", "AlgorithmError: killed by signal 9"),
    ],
)
def test_a_job_that_fails_says_why(client: Any, told: str, reason: str) -> None:
    client.create_training_job(**job_request(HyperParameters={told: "1"}))
    job = ended(client)

    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"] == reason
    assert "ModelArtifacts" not in job


def test_a_job_without_data_fails(harness: ControlPlaneHarness, client: Any) -> None:
    harness.aws.objects.clear()

    client.create_training_job(**job_request())
    job = ended(client)

    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"] == (
        f"ClientError: no S3 objects found under S3 URL '{BUCKET}/training/'"
    )


def test_a_killed_job_goes_on_from_its_checkpoint_in_the_next(
    harness: ControlPlaneHarness, client: Any
) -> None:
    client.create_training_job(**job_request(HyperParameters={"steps": "5", "crash": "1"}))
    assert ended(client)["TrainingJobStatus"] == "Failed"

    client.create_training_job(**job_request("job-2", HyperParameters={"steps": "7"}))
    assert ended(client, "job-2")["TrainingJobStatus"] == "Completed"

    [stream] = [name for name in harness.aws.lines if name.startswith("job-2/")]
    assert "starting at step 5 with ['train.jsonl']" in harness.aws.lines[stream]
    assert weights(harness.aws, "job-2") == "7"


def test_a_server_that_stops_ends_the_job_and_keeps_its_checkpoint(
    harness: ControlPlaneHarness,
) -> None:
    with harness.server() as server:
        server.client().create_training_job(**job_request(**slow()))
        server.client().create_training_job(**job_request("job-2", HyperParameters={"steps": "1"}))
        until(lambda: f"{BUCKET}/checkpoints/1/step" in harness.aws.objects)
    step = int((harness.folder / "state/jobs/job-1/checkpoints/step").read_text())

    with harness.server() as server:
        job = ended(server.client())
        waited = ended(server.client(), "job-2")

    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("InternalServerError: the local SageMaker was stopped")
    assert waited["TrainingJobStatus"] == "Completed"
    stopped_at = [text for name in harness.aws.lines for text in harness.aws.lines[name]]
    assert f"starting at step {step} with ['train.jsonl']" in stopped_at


def test_a_job_survives_an_aws_that_is_down_for_a_while(
    harness: ControlPlaneHarness, client: Any
) -> None:
    client.create_training_job(**job_request(HyperParameters={"steps": "20", "pause": "0.02"}))
    until(lambda: f"{BUCKET}/checkpoints/1/step" in harness.aws.objects)

    harness.aws.is_down = True
    log = harness.folder / "state/jobs/job-1/output/log.txt"
    until(lambda: "'epoch': 20.0" in log.read_text())
    harness.aws.is_down = False
    job = ended(client)

    assert job["TrainingJobStatus"] == "Completed"
    [lines] = harness.aws.lines.values()
    assert len([line for line in lines if "'loss'" in line]) == 20
    assert len(harness.aws.figures) == 20


def test_jobs_run_one_at_a_time_and_a_waiting_one_can_be_stopped(
    harness: ControlPlaneHarness, client: Any
) -> None:
    client.create_training_job(**job_request(**slow()))
    client.create_training_job(**job_request("job-2"))
    until(lambda: f"{BUCKET}/checkpoints/1/step" in harness.aws.objects)

    waiting = client.describe_training_job(TrainingJobName="job-2")
    client.stop_training_job(TrainingJobName="job-2")
    stopped = client.describe_training_job(TrainingJobName="job-2")
    client.stop_training_job(TrainingJobName="job-1")
    ended(client)

    assert (waiting["TrainingJobStatus"], waiting["SecondaryStatus"]) == ("InProgress", "Pending")
    assert stopped["TrainingJobStatus"] == "Stopped"
    assert not (harness.folder / "state/jobs/job-2").exists()


def test_another_image_is_stood_in_for_and_the_log_says_so(
    harness: ControlPlaneHarness, client: Any
) -> None:
    image = "763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-training:1.13.1"
    request = job_request(HyperParameters={"steps": "99999", "epochs": "3"})
    request["AlgorithmSpecification"]["TrainingImage"] = image

    client.create_training_job(**request)
    job = ended(client)

    assert job["TrainingJobStatus"] == "Completed"
    [lines] = harness.aws.lines.values()
    assert any(line.startswith(f"{image} cannot run here") for line in lines)
    assert (harness.folder / "state/jobs/job-1/input/data/model/weights").read_text() == "base"
    given = harness.folder / "state/jobs/job-1/input/config/hyperparameters.json"
    assert given.read_text() == '{\n "epochs": "3"\n}'


def test_jobs_are_listed_a_page_at_a_time(client: Any) -> None:
    for name in ("a-1", "b-1", "b-2"):
        client.create_training_job(**job_request(name))
        ended(client, name)

    newest = client.list_training_jobs(SortBy="CreationTime", SortOrder="Descending", MaxResults=2)
    rest = client.list_training_jobs(
        SortBy="CreationTime", SortOrder="Descending", MaxResults=2, NextToken=newest["NextToken"]
    )
    named = client.list_training_jobs(NameContains="b-", StatusEquals="Completed")
    failed = client.list_training_jobs(StatusEquals="Failed")
    at = newest["TrainingJobSummaries"][0]["CreationTime"]
    before = client.list_training_jobs(CreationTimeBefore=at, CreationTimeAfter=at)

    assert [one["TrainingJobName"] for one in newest["TrainingJobSummaries"]] == ["b-2", "b-1"]
    assert [one["TrainingJobName"] for one in rest["TrainingJobSummaries"]] == ["a-1"]
    assert "NextToken" not in rest
    assert [one["TrainingJobName"] for one in named["TrainingJobSummaries"]] == ["b-1", "b-2"]
    assert failed["TrainingJobSummaries"] == []
    assert [one["TrainingJobName"] for one in before["TrainingJobSummaries"]] == ["b-2"]
    with pytest.raises(ClientError, match="Invalid NextToken"):
        client.list_training_jobs(NextToken="x")


def test_a_name_that_is_taken_stays_taken(client: Any) -> None:
    client.create_training_job(**job_request())
    ended(client)

    with pytest.raises(client.exceptions.ResourceInUse, match="job-1"):
        client.create_training_job(**job_request())


def test_a_job_that_is_not_there_is_told_in_the_words_of_sagemaker(client: Any) -> None:
    for call in (client.describe_training_job, client.stop_training_job):
        with pytest.raises(ClientError, match="Requested resource not found") as caught:
            call(TrainingJobName="nobody")
        assert caught.value.response["Error"]["Code"] == "ValidationException"
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"TrainingJobName": "no_underscores"}, "regular expression pattern"),
        ({"ResourceConfig": {"InstanceType": "ml.none", "VolumeSizeInGB": 1}}, "enum value set"),
        ({"HyperParameters": {"x": "y" * 2501}}, "length less than or equal to 2500"),
        ({"AlgorithmSpecification": {"TrainingInputMode": "File"}}, "TrainingImage"),
    ],
)
def test_what_the_service_model_forbids_is_refused(
    client: Any, changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ClientError, match=problem) as caught:
        client.create_training_job(**job_request(**changes))

    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_a_metric_that_is_no_regular_expression_is_refused(client: Any) -> None:
    request = job_request()
    request["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "m", "Regex": "("}]

    with pytest.raises(ClientError, match="m is not a valid regular expression"):
        client.create_training_job(**request)


def test_an_environment_that_cannot_be_set_up_is_the_reason(harness: ControlPlaneHarness) -> None:
    def no_environment(_say: object) -> Sequence[str]:
        raise EnvironmentSetupError("pip install failed for the 'torch' environment")

    harness.command = no_environment
    with harness.server() as server:
        client = server.client()
        client.create_training_job(**job_request())

        assert ended(client)["FailureReason"] == (
            "ClientError: pip install failed for the 'torch' environment"
        )
