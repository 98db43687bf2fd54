from pathlib import Path

import pytest

from benchmarks.scale.prices import PRICES, read_prices
from common.errors import UsageError


def test_prices_of_ones_own_replace_the_listed_ones(tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    own.write_text('{"s3_put": 1}', encoding="utf-8")

    found = read_prices(own)

    assert found.s3_put == 1
    assert found.s3_get == PRICES.s3_get


@pytest.mark.parametrize("text", ["", "[]", '{"s3_put": "1"}', '{"s3": 1.0}', '{"s3_put": -1.0}'])
def test_what_is_no_price_is_refused(text: str, tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    own.write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match=r"own\.json: "):
        read_prices(own)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.json"):
        read_prices(tmp_path / "gone.json")
