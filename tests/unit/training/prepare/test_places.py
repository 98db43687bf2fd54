from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from common.aws import Target
from common.errors import SettingError
from training.errors import CollectionError, OutputError
from training.prepare.places import prepare_places
from training.prepare.prepare import Plan
from training.synthetic.stream import reports

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TARGET = Target(region="us-east-1")
PLAN = Plan("invented", 0.2, 1)
BUCKET = "invented-reports"


@pytest.fixture
def bucket() -> Iterator[S3Client]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        rows = (
            json.dumps({"id": r.report_id, "findings": r.findings, "impression": r.impression})
            for r in reports(40, "places")
        )
        client.put_object(Bucket=BUCKET, Key="in/reports.jsonl", Body="\n".join(rows).encode())
        yield client


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_s3_gives_and_takes_the_same_as_this_machine(bucket: S3Client, tmp_path: Path) -> None:
    source = tmp_path / "reports.jsonl"
    bucket.download_file(BUCKET, "in/reports.jsonl", str(source))
    here = tmp_path / "here"

    prepare_places([str(source)], str(here), PLAN)
    prepare_places([f"s3://{BUCKET}/in"], f"s3://{BUCKET}/out/1", PLAN, TARGET)

    there = {}
    for item in bucket.list_objects_v2(Bucket=BUCKET, Prefix="out/1/")["Contents"]:
        body = bucket.get_object(Bucket=BUCKET, Key=item["Key"])["Body"].read()
        there[item["Key"].removeprefix("out/1/")] = body
    assert there == files(here)
    assert set(there) == {
        "train/train.jsonl",
        "train/template.json",
        "evaluation/invented.jsonl",
        "report.json",
    }


def test_prefix_that_holds_something_is_left_alone(bucket: S3Client) -> None:
    with pytest.raises(SettingError, match="is not empty; give a new prefix"):
        prepare_places([f"s3://{BUCKET}/in"], f"s3://{BUCKET}/in", PLAN, TARGET)


def test_folder_that_is_taken_is_found_before_anything_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x").touch()

    with pytest.raises(OutputError, match="already exists; give a new folder"):
        prepare_places(["s3://never-asked/in"], str(tmp_path / "out"), PLAN, TARGET)


def test_collection_of_nothing_leaves_nothing_in_s3(bucket: S3Client) -> None:
    bucket.put_object(Bucket=BUCKET, Key="bad/reports.jsonl", Body=b'{"findings": "Clear."}\n')

    with pytest.raises(CollectionError, match="none of its 1 reports can be used"):
        prepare_places([f"s3://{BUCKET}/bad"], f"s3://{BUCKET}/out/2", PLAN, TARGET)

    assert "Contents" not in bucket.list_objects_v2(Bucket=BUCKET, Prefix="out/2")


def test_split_file_may_be_in_s3_too(bucket: S3Client, tmp_path: Path) -> None:
    rows = bucket.get_object(Bucket=BUCKET, Key="in/reports.jsonl")["Body"].read().splitlines()
    ids = [json.loads(row)["id"] for row in rows]
    table = "\n".join(
        ["id,split", *(f"{one},{'test' if n < 9 else 'train'}" for n, one in enumerate(ids))]
    )
    bucket.put_object(Bucket=BUCKET, Key="split.csv", Body=table.encode())

    summary = prepare_places(
        [f"s3://{BUCKET}/in"],
        str(tmp_path / "out"),
        PLAN,
        TARGET,
        split_file=f"s3://{BUCKET}/split.csv",
    )

    assert 0 < summary.kept["evaluation"] <= 9
    assert summary.split_file == "split.csv"
