"""Local fine-tuning jobs in an account of moto's: asked for once, and gone on with."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.validate import ParamValidator

from common.aws import Target
from common.errors import AwsError, SettingError
from common.s3 import S3Uri
from training.config import FineTune
from training.fine_tuning import local

from .conftest import BUCKET, set_status

CONTENT = "0123456789abcdef"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A model folder to start from."""
    folder = tmp_path / "model"
    folder.mkdir()
    for name in local.MODEL_FILES:
        (folder / name).write_text(name, encoding="utf-8")
    return folder


@pytest.fixture
def config(base: Path) -> FineTune:
    return local.job(f"s3://{BUCKET}/channels/1/", f"s3://{BUCKET}/output", base=str(base))


def keys(target: Target) -> list[str]:
    found = target.client("s3").list_objects_v2(Bucket=BUCKET)
    return [item["Key"] for item in found.get("Contents", [])]


def describe(target: Target, name: str) -> Any:
    return target.client("sagemaker").describe_training_job(TrainingJobName=name)


class TestRequest:
    def test_is_one_that_sagemaker_takes(self, account: Target, config: FineTune) -> None:
        config = replace(config, hyperparameters={"epochs": "2"}, tags={"team": "x"})

        made = local.request_of(config, account, CONTENT, put=False)

        model = account.client("sagemaker").meta.service_model
        shape = model.operation_model("CreateTrainingJob").input_shape
        assert ParamValidator().validate(made, shape).generate_report() == ""
        assert made["HyperParameters"] == {"epochs": "2"}
        assert {"Key": "team", "Value": "x"} in made["Tags"]
        assert [channel["ChannelName"] for channel in made["InputDataConfig"]] == [
            "training",
            "model",
        ]

    def test_puts_nothing_unless_asked(self, account: Target, config: FineTune) -> None:
        dry = local.request_of(config, account, CONTENT, put=False)
        before = keys(account)
        wet = local.request_of(config, account, CONTENT, put=True)

        base = dry["InputDataConfig"][1]["DataSource"]["S3DataSource"]["S3Uri"]
        assert before == []
        assert [f"s3://{BUCKET}/{key}" for key in keys(account)] == [base]
        assert wet["InputDataConfig"] == dry["InputDataConfig"]

    def test_keeps_checkpoints_where_the_same_job_finds_them(
        self, account: Target, config: FineTune, base: Path
    ) -> None:
        def checkpoints(config: FineTune, content: str = CONTENT) -> str:
            made = local.request_of(config, account, content, put=False)
            return str(made["CheckpointConfig"]["S3Uri"])

        first = checkpoints(config)
        others = [
            checkpoints(config, "another content"),
            checkpoints(replace(config, hyperparameters={"epochs": "2"})),
        ]
        (base / "config.json").write_text("another base", encoding="utf-8")
        others.append(checkpoints(config))

        assert checkpoints(replace(config, base=str(base))) == others[-1]
        assert len({first, *others}) == 4

    def test_of_a_base_in_s3_names_it_as_it_is(self, account: Target, config: FineTune) -> None:
        account.client("s3").put_object(Bucket=BUCKET, Key="mine/model.tar.gz", Body=b"x")
        uri = f"s3://{BUCKET}/mine/model.tar.gz"

        made = local.request_of(replace(config, base=uri), account, CONTENT, put=True)

        assert made["InputDataConfig"][1]["DataSource"]["S3DataSource"]["S3Uri"] == uri
        assert keys(account) == ["mine/model.tar.gz"]

    def test_of_a_base_that_is_not_there_is_refused(
        self, account: Target, config: FineTune, tmp_path: Path
    ) -> None:
        for named in (f"s3://{BUCKET}/none.tar.gz", str(tmp_path / "none")):
            with pytest.raises(SettingError) as caught:
                local.request_of(replace(config, base=named), account, CONTENT, put=True)

            assert str(caught.value).startswith(f"{named}: ")


class TestStart:
    def test_starts_a_job(self, account: Target, config: FineTune) -> None:
        started = local.start(config, account, CONTENT)

        job = describe(account, started.job_name)
        assert started.state == "started"
        assert job["RoleArn"] == local.ROLE_ARN
        assert len(keys(account)) == 1

    @pytest.mark.parametrize(
        ("status", "state"),
        [("InProgress", "running"), ("Stopping", "running"), ("Completed", "done")],
    )
    def test_of_the_same_job_finds_it(
        self, account: Target, config: FineTune, status: str, state: str
    ) -> None:
        first = local.start(config, account, CONTENT)
        set_status(first.job_name, status)

        second = local.start(config, account, CONTENT)

        assert (second.job_name, second.state) == (first.job_name, state)

    @pytest.mark.parametrize("status", ["Failed", "Stopped"])
    def test_of_a_job_that_came_to_nothing_goes_on_from_its_checkpoints(
        self, account: Target, config: FineTune, status: str
    ) -> None:
        config = replace(config, job_name="mine")
        first = local.start(config, account, CONTENT)
        set_status(first.job_name, status)

        second = local.start(config, account, CONTENT)

        # Names are never free again.
        assert (first.job_name, second.job_name, second.state) == ("mine", "mine-2", "resumed")
        places = [describe(account, name)["CheckpointConfig"] for name in ("mine", "mine-2")]
        assert places[0] == places[1]

    @pytest.mark.parametrize("change", ["content", "hyperparameters"])
    def test_of_another_model_starts_another_job(
        self, account: Target, config: FineTune, change: str
    ) -> None:
        first = local.start(replace(config, job_name="one"), account, CONTENT)
        second = replace(config, job_name="two")
        if change == "hyperparameters":
            second = replace(second, hyperparameters={"epochs": "2"})

        started = local.start(second, account, "another" if change == "content" else CONTENT)

        assert (started.job_name, started.state) == ("two", "started")
        assert first.job_name == "one"

    def test_puts_the_base_once(self, account: Target, config: FineTune) -> None:
        account.client("s3").put_bucket_versioning(
            Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"}
        )

        local.start(replace(config, job_name="one"), account, CONTENT)
        local.start(replace(config, job_name="two"), account, "another")

        versions = account.client("s3").list_object_versions(Bucket=BUCKET)["Versions"]
        assert len(versions) == 1

    def test_without_the_bucket_is_one_line(self, account: Target, config: FineTune) -> None:
        elsewhere = replace(config, output="s3://no-such-bucket/output")

        with pytest.raises(AwsError, match="does not exist"):
            local.start(elsewhere, account, CONTENT)


class TestArchive:
    def test_holds_the_model_s_files_and_no_other(self, base: Path) -> None:
        (base / "notes.txt").write_text("x", encoding="utf-8")

        made = local.archive(base)

        with tarfile.open(fileobj=io.BytesIO(made.data)) as tar:
            assert sorted(tar.getnames()) == sorted(local.MODEL_FILES)

    def test_lies_under_a_name_made_of_its_content(self, base: Path) -> None:
        before = local.archive(base).place(BUCKET)

        (base / "config.json").write_text("changed", encoding="utf-8")
        after = local.archive(base).place(BUCKET)

        assert before != after
        assert S3Uri(BUCKET, before.key) == before
        assert before.key.endswith("/model.tar.gz")

    @pytest.mark.parametrize("name", local.MODEL_FILES)
    def test_of_a_folder_that_is_no_model_names_what_is_missing(
        self, base: Path, name: str
    ) -> None:
        (base / name).unlink()

        with pytest.raises(SettingError, match=name):
            local.archive(base)

    def test_of_the_committed_base_model_can_be_made(self) -> None:
        assert len(local.archive(local.BASE).data) > 1_000_000
