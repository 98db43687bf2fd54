"""Which instance type is used where the wanted one is not offered."""

from __future__ import annotations

import pytest

from training import choice
from training.config import SERVING_TYPE, TRAINING_TYPE

P3, G5_24, G5_48 = "ml.p3.16xlarge", "ml.g5.24xlarge", "ml.g5.48xlarge"
P4D, P5 = "ml.p4d.24xlarge", "ml.p5.48xlarge"


@pytest.mark.parametrize(
    ("listed", "chosen"),
    [
        ((G5_24, P3), P3),  # the article's, while it is offered
        ((G5_24, G5_48), G5_48),  # 192 GB: 96 are fewer than the article's 128
        ((P4D, P5, G5_48), G5_48),  # the least that is enough
        ((P5, P4D), P4D),
        ((G5_24, "ml.g6.24xlarge"), G5_24),  # none is enough: the most, of the cheaper family
        (("ml.g6.48xlarge", G5_48), G5_48),  # the same memory: the cheaper family
        (("ml.p3dn.24xlarge", G5_24), G5_24),  # p3dn is as old as p3
        (("ml.p3.8xlarge", "ml.trn1.32xlarge"), "ml.default"),
        ((), "ml.default"),
    ],
)
def test_the_nearest_type_to_the_article_s(listed: tuple[str, ...], chosen: str) -> None:
    assert choice.nearest(TRAINING_TYPE, listed, "ml.default") == chosen


def test_of_types_with_the_same_gpus_the_smallest() -> None:
    listed = ("ml.g6.4xlarge", "ml.g6.16xlarge", "ml.g6.2xlarge", "ml.p5.4xlarge")
    assert choice.nearest(SERVING_TYPE, listed, "ml.default") == "ml.g6.2xlarge"


def test_advice_names_what_is_left_and_not_what_has_failed() -> None:
    listed = (P3, G5_24, G5_48, P4D, P5)
    assert choice.advice([P3], listed).endswith(f"--instance-type {G5_48},{P4D},{P5}")
    assert choice.advice([P3, G5_48], listed).endswith(f"--instance-type {P4D},{P5},{G5_24}")
    assert choice.advice([P3], ()) == "try again later, or another --region"


@pytest.mark.parametrize(
    ("name", "volume_gb", "fits"),
    [
        (P3, 16_000, True),  # a volume
        (G5_48, 7_600, True),
        (G5_48, 7_601, False),
        ("ml.g4dn.xlarge", 300, False),
        ("ml.new.xlarge", 300, True),  # nothing is known of it
    ],
)
def test_a_type_s_own_storage_cannot_be_enlarged(
    name: str,
    volume_gb: int,
    fits: bool,  # noqa: FBT001  # a figure of the table above
) -> None:
    problem = choice.storage_problem(name, volume_gb)
    assert (problem is None) == fits
    if problem:
        assert name in problem
        assert "--volume-gb" in problem
