from pathlib import Path

import pytest

from benchmarks.cost import cases
from common.errors import UsageError


def test_the_examples_have_the_simulated_instances() -> None:
    one, hundred, country = cases.examples()

    assert (one.reports, one.instances) == (300, 1.0)
    assert hundred.reports == 100 * one.reports
    assert 1 <= hundred.instances < country.instances < 4


def test_figures_without_such_a_day_are_refused(tmp_path: Path) -> None:
    figures = tmp_path / "figures.md"
    figures.write_text("# F\n\n## Days\n\n| scenario | a | b |\n", encoding="utf-8")

    with pytest.raises(UsageError, match="has no scenario hospital, day, recommended"):
        cases.examples(figures)
