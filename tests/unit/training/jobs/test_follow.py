"""Reading a job's log on from where it ended, and CloudWatch's means when it is denied."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from common.aws import Target
from training.config import METRICS
from training.errors import JobError
from training.jobs import find, follow, minutes
from training.jobs.logs import LOG_GROUP, JobLog


@pytest.fixture
def name(moto_target: Target) -> str:
    """A job of moto's, which is done at once, with an empty log."""
    moto_target.client("sagemaker").create_training_job(
        TrainingJobName="job",
        RoleArn="arn:aws:iam::123456789012:role/r",
        AlgorithmSpecification={
            "TrainingImage": "image",
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": one.name, "Regex": one.regex} for one in METRICS],
        },
        OutputDataConfig={"S3OutputPath": "s3://bucket/jobs"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )
    logs = moto_target.client("logs")
    logs.create_log_group(logGroupName=LOG_GROUP)
    return "job"


def say(moto_target: Target, stream: str, *texts: str) -> None:
    logs = moto_target.client("logs")
    if not logs.describe_log_streams(logGroupName=LOG_GROUP, logStreamNamePrefix=stream)[
        "logStreams"
    ]:
        logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=stream)
    now = int(time.time() * 1000)
    events = [{"timestamp": now + at, "message": text} for at, text in enumerate(texts)]
    logs.put_log_events(logGroupName=LOG_GROUP, logStreamName=stream, logEvents=events)


def texts(log: JobLog) -> list[str]:
    return [line.text for line in log.read()]


def test_a_log_is_read_on_from_where_it_ended(moto_target: Target, name: str) -> None:
    log = JobLog(moto_target, name)
    assert texts(log) == []
    say(moto_target, "job/algo-1", "one", "two")
    say(moto_target, "jobs-of-others/algo-1", "not ours")
    assert texts(log) == ["one", "two"]
    say(moto_target, "job/algo-1", "three")
    say(moto_target, "job/algo-2", "four")
    assert texts(log) == ["three", "four"]
    assert texts(log) == []


def test_no_log_group_is_no_line(moto_target: Target) -> None:
    assert JobLog(moto_target, "job").read() == []


def denied(*_: Any, **__: Any) -> None:
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Get")


def test_a_denied_log_is_told_apart(moto_target: Target, name: str) -> None:
    moto_target.client("logs").meta.events.register(
        "provide-client-params.cloudwatch-logs.DescribeLogStreams", denied
    )
    log = JobLog(moto_target, name)
    assert log.read() == []
    assert log.denied


def of_the_article(job: dict[str, Any]) -> dict[str, Any]:
    """moto makes its own metric definitions up."""
    definitions = [{"Name": one.name, "Regex": one.regex} for one in METRICS]
    return job | {
        "AlgorithmSpecification": job["AlgorithmSpecification"] | {"MetricDefinitions": definitions}
    }


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Statuses that the job goes through, one for each time it is looked at."""
    statuses = ["InProgress", "InProgress", "Completed"]
    real = find.describe

    def describe(target: Target, name: str) -> dict[str, Any]:
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        return of_the_article(real(target, name)) | {"TrainingJobStatus": status}

    monkeypatch.setattr(follow, "describe", describe)
    return statuses


def test_following_tells_what_is_new_until_the_job_has_ended(
    moto_target: Target, name: str, described: list[str]
) -> None:
    said = iter(
        [
            ("{'loss': 2.0, 'epoch': 0.5}", "progress: step 5/20"),
            ("{'eval_loss': 1.0, 'epoch': 1.0}", "progress: step 20/20"),
            (),
        ]
    )
    say(moto_target, "job/algo-1", *next(said))
    steps: list[tuple[int, int]] = []
    seen = []
    for job, new in follow.follow(
        moto_target,
        name,
        lambda done, of: steps.append((done, of)),
        lambda _: say(moto_target, "job/algo-1", *lines) if (lines := next(said)) else None,
    ):
        seen.append((job["TrainingJobStatus"], [(one.metric, one.value) for one in new]))
    assert seen == [
        ("InProgress", [("train_loss", 2.0), ("epoch", 0.5)]),
        ("InProgress", [("val_loss", 1.0), ("epoch", 1.0)]),
        ("Completed", []),
    ]
    assert steps == [(5, 20), (20, 20)]


def test_means_of_minutes_stand_in_for_a_denied_log(moto_target: Target, name: str) -> None:
    moto_target.client("logs").meta.events.register(
        "provide-client-params.cloudwatch-logs.DescribeLogStreams", denied
    )
    moto_target.client("cloudwatch").put_metric_data(
        Namespace=minutes.NAMESPACE,
        MetricData=[
            {
                "MetricName": "train_loss",
                "Dimensions": [{"Name": "TrainingJobName", "Value": name}],
                "Value": 3.0,
            }
        ],
    )
    job = of_the_article(
        moto_target.client("sagemaker").describe_training_job(TrainingJobName=name)
    )
    job.pop("TrainingEndTime")
    (found,) = follow.points(moto_target, job)
    assert (found.metric, found.value, found.epoch) == ("train_loss", 3.0, None)


def test_a_job_that_is_not_there_is_told(moto_target: Target) -> None:
    with pytest.raises(JobError, match="none: there is no such training job"):
        follow.wait(moto_target, "none")
