import pytest

from training.instances import PriceClass, has_volume

P3 = "ml.p3.16xlarge (8 x NVIDIA V100 16 GB each), billed by the second"
G5 = "ml.g5.48xlarge (8 x NVIDIA A10G 24 GB each), billed by the second"


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (PriceClass("ml.p3.16xlarge", 1, 1, 100.0), f"1 x {P3}, at most 100 instance-hours"),
        (PriceClass("ml.g5.48xlarge", 2, 2, 11.0), f"2 x {G5}, at most 22 instance-hours"),
        (
            PriceClass("ml.new.large", 1, 4, None),
            "1 to 4 x ml.new.large, billed by the second, until deleted",
        ),
    ],
)
def test_a_price_class_names_what_is_billed(price: PriceClass, words: str) -> None:
    assert str(price) == words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ml.p3.16xlarge", True),
        ("ml.p3dn.24xlarge", False),
        ("ml.g5.2xlarge", False),
        ("ml.g4dn.xlarge", False),
        ("ml.m5.large", True),
        ("ml.m5d.large", False),
    ],
)
def test_types_with_storage_of_their_own_take_no_volume(name: str, expected: bool) -> None:  # noqa: FBT001  # a figure of the table above
    assert has_volume(name) is expected
