"""Deployment with what JumpStart offers: instance types, inference scripts, replacements."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from common.errors import SettingError
from tests.sagemaker.conftest import BUCKET

if TYPE_CHECKING:
    from tests.sagemaker.conftest import Account, Offer
    from training.config import Role

ROLE = "arn:aws:iam::123456789012:role/sagemaker"
SMALL = "huggingface-text2text-flan-t5-small"
JUMPSTART = "jumpstart-cache-prod-us-east-1"
IMAGE = (
    "763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-inference:"
    "1.13.1-transformers4.26.0-gpu-py39"
)
Verb = Callable[..., int]


@pytest.fixture
def deploy(call: Verb) -> Verb:
    return lambda *more: call("deploy", "--role-arn", ROLE, *more)


@pytest.fixture
def trained(aws: Account, call: Verb, capsys: pytest.CaptureFixture[str]) -> Callable[..., None]:
    """Trains a model, with a real archive as its result."""

    def train(*more: str) -> None:
        call(
            "fine-tune", "--data", aws.data, "--role-arn", ROLE, "--job-name", "job", "--yes", *more
        )
        put(
            aws, BUCKET, "jobs/job/output/model.tar.gz", {"config.json": b"{}", "weights": b"1" * 9}
        )
        capsys.readouterr()

    return train


def put(aws: Account, bucket: str, key: str, files: dict[str, bytes]) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    aws.client("s3").put_object(Bucket=bucket, Key=key, Body=packed.getvalue())


def container(shown: dict[str, Any], role: str) -> dict[str, Any]:
    (model,) = shown[role]["CreateModel"]
    found: dict[str, Any] = model["PrimaryContainer"]
    return found


@pytest.fixture
def small(aws: Account, offer: Offer) -> None:
    """A smaller model, whose archives lack the script."""
    weights = f"huggingface-infer/infer-{SMALL}.tar.gz"
    script = "source-directory-tarballs/huggingface/inference/text2text/v1.1.2/sourcedir.tar.gz"
    offer(
        SMALL,
        hosting_prepacked_artifact_key=None,
        hosting_prepacked_artifact_version=None,
        training_prepacked_script_key=None,
        training_prepacked_script_version=None,
        hosting_artifact_key=weights,
        hosting_script_key=script,
    )
    put(aws, JUMPSTART, weights, {"config.json": b"{}", "weights": b"0" * 9})
    put(aws, JUMPSTART, script, {"inference.py": b"def model_fn(): ..."})


def test_smaller_models_get_the_script_that_serves_them(
    aws: Account, small: None, trained: Callable[..., None], deploy: Verb, capsys: Any
) -> None:
    from training.jobs import find
    from training.serving import repack, roles

    del small
    trained("--model-id", SMALL)
    assert deploy("--job", "job", "--dry-run") == 0
    told = capsys.readouterr()
    shown = json.loads(told.out)
    weights: dict[Role, bytes] = {"fine-tuned": b"1" * 9, "pre-trained": b"0" * 9}
    for role, content in weights.items():
        uri = container(shown, role)["ModelDataUrl"]
        assert uri.startswith(f"s3://{BUCKET}/models/")
        assert f"note: {uri} is made of s3://" in told.err
        key = uri.removeprefix(f"s3://{BUCKET}/")
        s3 = aws.client("s3")
        assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET, Prefix=key)  # a dry run

        job = find.finished(aws.target, "job")
        (serving,) = roles.servings(aws.target, job, (role,), execution_role_arn=ROLE)
        assert serving.repack is not None
        assert repack.make(aws.target, serving.repack)
        body = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        with tarfile.open(fileobj=io.BytesIO(body)) as tar:
            files = {one.name: tar.extractfile(one).read() for one in tar}  # type: ignore[union-attr]  # files
        assert files["weights"] == content
        assert files["code/inference.py"] == b"def model_fn(): ..."
    environment = container(shown, "fine-tuned")["Environment"]
    assert environment["SAGEMAKER_SUBMIT_DIRECTORY"] == "/opt/ml/model/code"


def test_models_that_bring_their_script_are_served_as_they_are(
    trained: Callable[..., None], deploy: Verb, capsys: pytest.CaptureFixture[str]
) -> None:
    trained()
    assert deploy("--job", "job", "--dry-run") == 0
    told = capsys.readouterr()
    shown = json.loads(told.out)
    assert container(shown, "fine-tuned")["ModelDataUrl"] == (
        f"s3://{BUCKET}/jobs/job/output/model.tar.gz"
    )
    assert "is made of" not in told.err


def test_the_nearest_type_where_the_article_s_is_gone(
    offer: Offer, trained: Callable[..., None], deploy: Verb, capsys: Any
) -> None:
    trained()
    listed = ["ml.g6.12xlarge", "ml.g6.2xlarge", "ml.p3.2xlarge"]
    image = {"regional_properties": {"image_uri": "$gpu"}}
    offer(
        supported_inference_instance_types=listed,
        hosting_instance_type_variants={
            "regional_aliases": {"us-east-1": {"gpu": IMAGE}},
            "variants": {"g6": image, "p3": image},
        },
    )
    assert deploy("--job", "job") == 2
    told = capsys.readouterr()
    assert "ml.g5.2xlarge is not offered for" in told.err
    assert "1 to 4 x ml.g6.2xlarge (1 x NVIDIA L4 24 GB each)" in told.out


def test_a_deprecated_model_is_said_before_it_is_served(
    offer: Offer, trained: Callable[..., None], deploy: Verb, capsys: Any
) -> None:
    trained()
    offer(deprecated=True, inference_vulnerable=True, inference_vulnerabilities=["CVE-7"])
    assert deploy("--job", "job") == 2
    told = capsys.readouterr().err
    assert "1.2.1 is deprecated: AWS gives no reason" in told
    assert "have known vulnerabilities: CVE-7" in told


class TestDropped:
    """JumpStart has the model no more; the job that was trained on it is there."""

    def test_the_error_says_how_to_go_on(
        self, trained: Callable[..., None], deploy: Verb, request: pytest.FixtureRequest
    ) -> None:
        trained()
        request.getfixturevalue("dropped")
        with pytest.raises(SettingError, match="or give --image-uri and --model-uri"):
            deploy("--job", "job", "--dry-run")

    def test_what_was_kept_is_served(
        self,
        trained: Callable[..., None],
        deploy: Verb,
        capsys: pytest.CaptureFixture[str],
        request: pytest.FixtureRequest,
    ) -> None:
        trained()
        deploy("--job", "job", "--dry-run")
        before = json.loads(capsys.readouterr().out)
        request.getfixturevalue("dropped")

        kept = ("--image-uri", IMAGE, "--model-uri", "s3://kept/base.tar.gz")
        assert deploy("--job", "job", "--dry-run", *kept) == 0
        told = capsys.readouterr()
        shown = json.loads(told.out)
        assert container(shown, "pre-trained")["ModelDataUrl"] == "s3://kept/base.tar.gz"
        for role in ("fine-tuned", "pre-trained"):
            made, was = container(shown, role), container(before, role)
            assert made["Image"] == IMAGE
            assert made["Environment"] == was["Environment"]
        tuned = container(shown, "fine-tuned")["ModelDataUrl"]
        assert tuned == container(before, "fine-tuned")["ModelDataUrl"]
        assert "JumpStart's metadata is not read" in told.err

        assert deploy("--job", "job", "--role", "fine-tuned", "--dry-run", *kept[:2]) == 0
        assert json.loads(capsys.readouterr().out) == {"fine-tuned": shown["fine-tuned"]}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (
            ("--image-uri", IMAGE.replace("us-east-1", "eu-west-1")),
            "is in eu-west-1, but SageMaker pulls images only from its own region",
        ),
        (("--model-uri", "base.tar.gz"), "--model-uri base.tar.gz: give a location in S3"),
        (
            ("--model-uri", "s3://b/x.tar.gz", "--role", "fine-tuned"),
            "is the base model, which --role fine-tuned does not use",
        ),
        (("--max-output-length", "129"), "was trained on impressions of at most 128 tokens"),
        (("--max-output-length", "9", "--no-register"), "not with --no-register"),
        (("--night", "cron(0 1 * * * *)", "--morning", "cron(0 6 * * ? *)"), "must be ?"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(
    aws: Account,
    trained: Callable[..., None],
    deploy: Verb,
    more: tuple[str, ...],
    says: str,
) -> None:
    trained()
    with pytest.raises(SettingError) as caught:
        deploy("--job", "job", "--yes", *more)
    assert says in str(caught.value)
    assert not aws.client("sagemaker").list_models()["Models"]


def test_without_a_stack_nothing_is_made_that_could_not_be_registered(
    aws: Account, trained: Callable[..., None], deploy: Verb
) -> None:
    trained()
    with pytest.raises(SettingError, match="stack radiology-impressions does not exist"):
        deploy("--job", "job", "--yes")
    assert not aws.client("sagemaker").list_models()["Models"]
