"""The bars: which figure has to reach what, or must not exceed what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

AT_LEAST: Literal["at least"] = "at least"
AT_MOST: Literal["at most"] = "at most"


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure's bar."""

    figure: str
    sense: Literal["at least", "at most"]
    bar: float

    def is_met_by(self, value: float) -> bool:
        """Whether a value meets it; exactly the bar does."""
        return value >= self.bar if self.sense == AT_LEAST else value <= self.bar


BARS = (
    Bar("curve_2000_one_file_to_article", AT_LEAST, 5),
    Bar("curve_2000_small_files_to_article", AT_LEAST, 4.5),
    Bar("curve_160_small_files_to_ideal", AT_LEAST, 0.85),
    Bar("curve_2000_small_files_to_ideal", AT_LEAST, 0.85),
    Bar("one_file_to_article", AT_LEAST, 2.5),
    Bar("large_file_to_model_limit", AT_LEAST, 0.88),
    Bar("files_to_s3_puts", AT_LEAST, 0.25),
    Bar("at_rest_beyond_two_calls_ms", AT_MOST, 150),
    Bar("curve_at_rest_beyond_two_calls_ms", AT_MOST, 150),
    Bar("aws_calls_a_file", AT_MOST, 7),
    Bar("aws_calls_a_record", AT_MOST, 0.2),
    Bar("cold_import_to_boto3", AT_MOST, 0.9),
    Bar("cold_import_and_first_score_to_boto3", AT_MOST, 1.1),
    Bar("unzipped_mb", AT_MOST, 70),
    Bar("handler_peak_large_to_small", AT_MOST, 1.05),
    Bar("growth_exponent", AT_MOST, 1.02),
    Bar("newcomer_demo_s", AT_MOST, 30),
    Bar("newcomer_test_s", AT_MOST, 300),
    Bar("hl7_200_obx_ms", AT_MOST, 5),
    # A batch is streamed: what it needs must not grow with its messages.
    Bar("hl7_batch_peak_30000_to_10000", AT_MOST, 1.05),
    # The labeller and the checks of drafts (docs/draft-checks.md).
    Bar("labels_finding_f1", AT_LEAST, 0.92),
    Bar("labels_absent_f1", AT_LEAST, 0.93),
    Bar("labels_status_f1", AT_LEAST, 0.85),
    Bar("labels_status_hedged_as_present_f1", AT_LEAST, 0.85),
    Bar("labels_sentences_f1", AT_LEAST, 0.95),
    Bar("labels_ms_a_report", AT_MOST, 5),
    Bar("checks_side", AT_LEAST, 0.95),
    Bar("checks_negation", AT_LEAST, 0.93),
    Bar("checks_swap", AT_LEAST, 0.85),
    Bar("checks_omission", AT_LEAST, 0.90),
    Bar("checks_false_disagreements", AT_MOST, 0.03),
    # The HTML report with 2,000 cases.
    Bar("page_s", AT_MOST, 5),
    Bar("page_mb", AT_MOST, 1.5),
)


def judged(values: Mapping[str, float]) -> dict[str, dict[str, float | bool | str]]:
    """Each bar whose figure was measured: `value`, `bar`, `sense` and whether it is `met`."""
    return {
        one.figure: {
            "value": values[one.figure],
            "bar": one.bar,
            "sense": one.sense,
            "met": one.is_met_by(values[one.figure]),
        }
        for one in BARS
        if one.figure in values
    }
