"""The objects of a lake, in a folder or in S3: these and no others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from analytics.engine.athena import Athena
from analytics.errors import LakeError
from analytics.lake import BucketLake, FolderLake, opened
from common import aws
from common.aws import Target
from common.errors import AwsError

from .conftest import DAY, LakeOnDisk, file

TARGET = Target(region="us-east-1")
# What else may lie beside the objects of a table.
ODD = (
    f"files/dt={DAY}/_temporary.jsonl.gz",
    f"files/dt={DAY}/.hidden.jsonl.gz",
    f"files/dt={DAY}/notes.txt",
    f"files/dt={DAY}/deeper/a.jsonl.gz",
    "files/dt=today/a.jsonl.gz",
    "files/a.jsonl.gz",
    f"files2/dt={DAY}/a.jsonl.gz",
    f"failures/dt={DAY}/a.jsonl.gz",
)
OWN = (f"files/dt={DAY}/b.jsonl.gz", f"files/dt={DAY}/a.jsonl.gz", "files/dt=2026-01-01/c.jsonl.gz")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        aws._client.cache_clear()
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="results")
        yield client
    aws._client.cache_clear()


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")


class TestFolder:
    def test_s_objects_of_a_table_come_in_order_and_nothing_else(self, tmp_path: Path) -> None:
        write(tmp_path, *OWN, *ODD)

        found = FolderLake(tmp_path).files("files")

        assert [path.relative_to(tmp_path).as_posix() for path in found] == sorted(OWN)
        assert [len(FolderLake(tmp_path).files(name)) for name in ("failures", "none")] == [1, 0]

    def test_with_a_lake_in_it_is_a_lake(self, lake: LakeOnDisk) -> None:
        lake.put("files", file())

        assert len(FolderLake(lake.folder.parent).files("files")) == 1

    def test_that_is_no_lake_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "other").mkdir()

        with (
            pytest.raises(LakeError, match="contains none of the tables impressions"),
            opened(str(tmp_path), TARGET),
        ):
            pass

    @pytest.mark.parametrize("name", ["gone", "a file"])
    def test_that_is_no_folder_is_named(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "a file").write_text("x", encoding="utf-8")

        with (
            pytest.raises(LakeError, match=rf"{name}.* is not a folder"),
            opened(str(tmp_path / name), TARGET),
        ):
            pass

    def test_that_is_empty_is_a_lake_without_rows(self, tmp_path: Path) -> None:
        with opened(str(tmp_path), TARGET) as found:
            assert found.files("files") == []


class TestBucket:
    def test_s_objects_of_a_table_are_fetched_in_order_and_nothing_else(self, bucket: Any) -> None:
        for name in (*OWN, *ODD):
            bucket.put_object(Bucket="results", Key=f"lake/{name}", Body=name.encode())

        with opened("s3://results/lake", TARGET) as found:
            paths = found.files("files")

            contents = [path.read_text(encoding="utf-8") for path in paths]
            days = [path.parent.name for path in paths]

        assert contents == sorted(OWN)
        assert days == ["dt=2026-01-01", f"dt={DAY}", f"dt={DAY}"]

    @pytest.mark.parametrize("place", ["s3://results", "s3://results/lake/", "s3://results/lake"])
    def test_is_queried_and_leaves_no_report_text_behind(
        self, lake: LakeOnDisk, bucket: Any, place: str
    ) -> None:
        path = lake.put("files", file())
        key = f"lake/files/dt={DAY}/{path.name}"
        bucket.put_object(Bucket="results", Key=key, Body=path.read_bytes())

        with opened(place, TARGET) as found, Athena(found) as athena:
            assert isinstance(found, BucketLake)
            assert athena.rows_of("v_files") == 1
            assert athena.rows_of("v_rouge") == 0
            copies = found._folder
            held = [one for one in copies.rglob("*") if one.is_file()]

        assert len(held) == 1
        assert not copies.exists()

    def test_leaves_no_report_text_behind_after_an_error(self, bucket: Any) -> None:
        bucket.put_object(Bucket="results", Key=f"lake/{OWN[0]}", Body=b"x")
        copies: list[Path] = []

        def break_off() -> None:
            with opened("s3://results/lake", TARGET) as found:
                copies.extend(found.files("files"))
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            break_off()

        assert [path.exists() for path in copies] == [False]

    def test_of_another_prefix_is_that_prefix_alone(self, bucket: Any) -> None:
        for prefix in ("lake", "lake/old", "lake2"):
            bucket.put_object(Bucket="results", Key=f"{prefix}/{OWN[0]}", Body=prefix.encode())

        with opened("s3://results/lake/old/", TARGET) as found:
            contents = [path.read_text(encoding="utf-8") for path in found.files("files")]

        assert contents == ["lake/old"]

    def test_that_is_not_there_is_named(self, bucket: Any) -> None:
        del bucket

        with (
            pytest.raises(AwsError, match="nowhere"),
            opened("s3://nowhere/lake", TARGET) as found,
        ):
            found.files("files")
