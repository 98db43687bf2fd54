"""Starting a fine-tune on this machine: where its data go, and when nothing is sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from common.aws import Target
from training.config import FineTune
from training.errors import CollectionError
from training.fine_tuning import local, start

from .conftest import BUCKET

PAIR = b'{"prompt": "Clear.", "completion": "Normal."}\n'


@pytest.fixture
def laptop(account: Target) -> Target:
    """The account, as the one on this machine."""
    return replace(account, backend="local")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What `prepare` wrote."""
    made = tmp_path / "prepared"
    (made / "train").mkdir(parents=True)
    (made / "train" / "train.jsonl").write_bytes(PAIR)
    (made / "evaluation").mkdir()
    (made / "evaluation" / "set.jsonl").write_bytes(b"{}")
    return made


def job(data: object) -> FineTune:
    return local.job(str(data), f"s3://{BUCKET}/output")


def keys(target: Target) -> list[str]:
    found = target.client("s3").list_objects_v2(Bucket=BUCKET)
    return [item["Key"] for item in found.get("Contents", [])]


def jobs(target: Target) -> int:
    return len(target.client("sagemaker").list_training_jobs()["TrainingJobSummaries"])


def test_a_folder_s_pairs_are_put_where_the_job_reads_them(laptop: Target, folder: Path) -> None:
    started = start.start(job(folder), laptop)

    made = laptop.client("sagemaker").describe_training_job(TrainingJobName=started.job_name)
    place = made["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"]
    channel = [key for key in keys(laptop) if key.startswith("channels/")]
    assert started.state == "started"
    assert [f"s3://{BUCKET}/{key}" for key in channel] == [f"{place}train.jsonl"]


def test_the_same_command_again_finds_its_job(laptop: Target, folder: Path) -> None:
    first = start.start(job(folder), laptop)

    second = start.start(job(folder), laptop)

    assert (second.job_name, second.state) == (first.job_name, "done")
    assert jobs(laptop) == 1


def test_other_pairs_are_another_job(laptop: Target, folder: Path) -> None:
    start.start(replace(job(folder), job_name="one"), laptop)
    (folder / "train" / "train.jsonl").write_bytes(PAIR * 2)

    again = start.start(replace(job(folder), job_name="two"), laptop)

    assert (again.job_name, again.state) == ("two", "started")


def test_pairs_in_s3_are_read_where_they_are(laptop: Target) -> None:
    laptop.client("s3").put_object(Bucket=BUCKET, Key="mine/train/train.jsonl", Body=PAIR)

    request = start.dry_run(job(f"s3://{BUCKET}/mine"), laptop)

    source = request["InputDataConfig"][0]["DataSource"]["S3DataSource"]
    assert source["S3Uri"] == f"s3://{BUCKET}/mine/train/"


def test_a_dry_run_is_the_request_and_sends_nothing(laptop: Target, folder: Path) -> None:
    request = start.dry_run(job(folder), laptop)

    assert (keys(laptop), jobs(laptop)) == ([], 0)
    started = start.start(replace(job(folder), job_name=request["TrainingJobName"]), laptop)
    made = laptop.client("sagemaker").describe_training_job(TrainingJobName=started.job_name)
    for name in ("InputDataConfig", "OutputDataConfig", "CheckpointConfig"):
        assert made[name] == request[name]


@pytest.mark.parametrize("pairs", [b"", b"{}\n", b"not JSON\n"])
def test_pairs_that_cannot_be_used_start_nothing(
    laptop: Target, folder: Path, pairs: bytes
) -> None:
    (folder / "train" / "train.jsonl").write_bytes(pairs)

    with pytest.raises(CollectionError):
        start.start(job(folder), laptop)

    assert (keys(laptop), jobs(laptop)) == ([], 0)


def test_the_price_is_told_before_it_is_paid(laptop: Target, account: Target) -> None:
    config = replace(job("x"), instance_types=("ml.g5.2xlarge",), max_runtime_s=7200)

    assert start.price(config, laptop) == "not billed: it runs on this machine"
    assert "ml.g5.2xlarge" in start.price(config, account)
