import copy
from pathlib import Path
from typing import Any

import pytest

from common.paths import ROOT
from local.errors import PackageError
from local.packaging.translate import ARTIFACTS_BUCKET, bind_architecture, read_yaml, translate

TEMPLATE = ROOT / "template.yaml"


@pytest.fixture(scope="module")
def translated() -> dict[str, Any]:
    return translate(read_yaml(TEMPLATE), zip_name="deployment-abc.zip")


def test_nothing_of_sam_is_left(translated: dict[str, Any]) -> None:
    kinds = {resource["Type"] for resource in translated["Resources"].values()}

    assert "Transform" not in translated
    assert not any(kind.startswith("AWS::Serverless") for kind in kinds)


def test_the_function_takes_its_code_from_the_named_object(translated: dict[str, Any]) -> None:
    function = translated["Resources"]["Summarize"]

    assert function["Type"] == "AWS::Lambda::Function"
    assert function["Properties"]["Code"] == {
        "S3Bucket": ARTIFACTS_BUCKET,
        "S3Key": "deployment-abc.zip",
    }


def test_the_event_source_keeps_what_the_template_says(translated: dict[str, Any]) -> None:
    [source] = [
        resource["Properties"]
        for resource in translated["Resources"].values()
        if resource["Type"] == "AWS::Lambda::EventSourceMapping"
    ]

    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "WorkerConcurrency"}}
    assert source["BatchSize"] == {"Ref": "MessagesPerInvocation"}
    assert source["MaximumBatchingWindowInSeconds"] == {"Ref": "BatchingWindowSeconds"}


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_a_bound_template_takes_one_architecture_and_no_other(architecture: str) -> None:
    sam = read_yaml(TEMPLATE)
    bind_architecture(sam, architecture)

    translated = translate(sam, zip_name="x.zip")

    parameter = translated["Parameters"]["Architecture"]
    assert parameter["Default"] == architecture
    assert parameter["AllowedValues"] == [architecture]
    assert f"must be {architecture}" in parameter["ConstraintDescription"]
    functions = [
        resource["Properties"]
        for resource in translated["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
    ]
    assert len(functions) == 3
    assert all(one["Architectures"] == [{"Ref": "Architecture"}] for one in functions)


def test_the_source_is_not_changed() -> None:
    sam = read_yaml(TEMPLATE)
    before = copy.deepcopy(sam)

    translate(sam, zip_name="x.zip")

    assert sam == before


def test_short_forms_are_read_as_long_ones(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text("A: !GetAtt B.Arn\nC: !Sub '${D}'\n", encoding="utf-8")

    assert read_yaml(tmp_path / "t.yaml") == {
        "A": {"Fn::GetAtt": ["B", "Arn"]},
        "C": {"Fn::Sub": "${D}"},
    }


def test_a_template_that_does_not_translate_says_why() -> None:
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Handler": "app.app"}}
    sam = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Broken": function}}

    with pytest.raises(PackageError, match=r"cannot be translated.*Broken"):
        translate(sam, zip_name="x.zip")
