from __future__ import annotations

import statistics

from hypothesis import given
from hypothesis import strategies as st

from training.prepare.quality import Lengths, Quality
from training.prepare.report import Pair
from training.prepare.tokens import Counter, Limits


@given(st.lists(st.integers(0, 5000), min_size=1))
def test_figures_are_those_of_the_lengths(values: list[int]) -> None:
    lengths = Lengths()
    for value in values:
        lengths.add(value)

    found = lengths.as_json()

    assert (found["min"], found["max"]) == (min(values), max(values))
    assert found["median"] == statistics.median_low(values)
    assert abs(found["mean"] - statistics.fmean(values)) <= 0.051
    bins = found["histogram"]
    assert sum(one["reports"] for one in bins) == len(values)
    for at, one in enumerate(bins[:-1]):
        inside = [v for v in values if one["from"] <= v < bins[at + 1]["from"]]
        assert len(inside) == one["reports"]


def test_no_lengths_have_no_figures() -> None:
    assert Lengths().as_json() == {}


def test_pairs_are_measured_by_split() -> None:
    quality = Quality(Limits(), Counter(None))
    quality.add(
        "train", Pair("a", "Lungs clear as before, unchanged.", "Normal."), contradicted=False
    )
    quality.add("train", Pair("b", "Large effusion on the left.", "Effusion."), contradicted=False)
    quality.add("evaluation", Pair("c", "Clear.", "No acute disease."), contradicted=False)

    found = quality.as_json()

    assert found["normal"] == {
        "train": {"reports": 1, "share": 0.5},
        "evaluation": {"reports": 1, "share": 1.0},
    }
    assert found["prior_studies"]["findings"] == {"reports": 1, "share": 0.3333}
    assert found["lengths"]["impression_words"]["max"] == 3
    assert [one["report_id"] for one in found["likeliest_noise"]] == ["c"]


def test_limits_are_told_apart_and_a_bound_is_certain() -> None:
    quality = Quality(Limits(20, 4), Counter(None))

    assert quality.over("Clear.", "Normal.") == []
    assert quality.over("Clear.", "Zzyzxqwrt.") == ["max_output_length"]
    assert quality.over("a " * 30, "a b c d") == [
        "max_input_length",
        "max_input_length_certainly",
        "max_output_length",
        "max_output_length_certainly",
    ]
    quality.count_over(["max_output_length"])
    assert quality.as_json()["tokens"]["targets_over"] == 1
