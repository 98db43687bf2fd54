from __future__ import annotations

import pytest

from common.errors import SettingError
from training import images

NAME = "huggingface-pytorch-training:1.13.1-transformers4.26.0-gpu-py39"
IMAGE = f"763104351884.dkr.ecr.eu-west-1.amazonaws.com/{NAME}"


@pytest.mark.parametrize(
    "image",
    [
        IMAGE,
        "763104351884.dkr.ecr.cn-north-1.amazonaws.com.cn/a/b@sha256:" + "0" * 64,
        "763104351884.dkr.ecr-fips.us-gov-west-1.amazonaws.com/a_b",
    ],
)
def test_images_in_their_own_region_are_accepted(image: str) -> None:
    images.check("--image-uri", image, image.split(".")[3])
    images.check("--image-uri", image, None)


def test_an_image_of_another_region_is_refused_with_both_regions() -> None:
    with pytest.raises(SettingError) as caught:
        images.check("--image-uri", IMAGE, "us-east-1")
    said = str(caught.value)
    assert "is in eu-west-1" in said
    assert "give the image of us-east-1, or set --region eu-west-1" in said


@pytest.mark.parametrize(
    "image",
    [
        "",
        "huggingface/transformers:latest",
        "763104351884.dkr.ecr.eu-west-1.example.com/a",
        f"https://{IMAGE}",
        f"{IMAGE}\n",
        IMAGE + "x" * 255,
        IMAGE.replace(":", " "),
    ],
)
def test_what_is_no_image_in_ecr_is_refused(image: str) -> None:
    with pytest.raises(SettingError, match="is not an image in Amazon ECR"):
        images.check("--image-uri", image, "eu-west-1")


@pytest.mark.parametrize("uri", ["model.tar.gz", "https://b/model.tar.gz", "s3://B/x"])
def test_an_archive_is_in_s3(uri: str) -> None:
    with pytest.raises(SettingError):
        images.check_archive("--model-uri", uri)
