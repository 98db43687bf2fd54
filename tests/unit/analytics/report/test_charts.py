"""Box plots: what is drawn, read back from the SVG."""

from __future__ import annotations

import re

import numpy as np

from analytics.report.charts import box_plot
from analytics.report.scores import Model
from analytics.report.statistics import described
from analytics.report.tables import Distribution


def distribution(
    values: list[float],
    *,
    version: str = "1",
    rule: str = "facts",
    stratum: str = "normal",
    metric: str = "rouge1",
    role: str = "fine-tuned",
) -> Distribution:
    found = described(np.array(values))
    assert found is not None
    return Distribution("dev1", Model(role, "t5", version), rule, stratum, metric, found)


SPREAD = [0.4, 0.45, 0.5, 0.5, 0.55, 0.6]


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]+)</text>", svg)


def bars(svg: str) -> list[str]:
    """The fill of each box; legend entries have no description."""
    return re.findall(r'aria-roledescription="bar"[^>]*? fill="([^"]+)"', svg)


def points(svg: str) -> int:
    return len(re.findall(r'aria-roledescription="point"', svg))


def test_normal_and_abnormal_reports_are_apart_and_axes_have_titles() -> None:
    rows = [
        distribution(SPREAD, rule=rule, stratum=stratum)
        for rule, stratum in (
            ("all", "all"),
            ("facts", "normal"),
            ("facts", "abnormal"),
            ("words", "normal"),
        )
    ]

    svg = box_plot(rows, ["rouge1"])

    assert len(bars(svg)) == 2
    assert "normal reports, by their facts (n ≤ 6)" in texts(svg)
    assert "abnormal reports, by their facts (n ≤ 6)" in texts(svg)
    assert {"Metric", "F1 of a draft", "ROUGE-1"} <= set(texts(svg))


def test_without_facts_the_opening_words_split_and_without_both_nothing_does() -> None:
    rows = [
        distribution(SPREAD, rule=rule, stratum=stratum)
        for rule, stratum in (("all", "all"), ("words", "abnormal"))
    ]

    assert "abnormal reports, by their opening words (n ≤ 6)" in texts(box_plot(rows, ["rouge1"]))
    assert "all reports (n ≤ 6)" in texts(box_plot(rows[:1], ["rouge1"]))


def test_outliers_are_points_and_those_at_one_place_are_one() -> None:
    plain = box_plot([distribution(SPREAD)], ["rouge1"])
    more = box_plot([distribution([*SPREAD * 4, 0.0, 0.001, 0.002, 1.0])], ["rouge1"])

    assert points(plain) == 1  # the mean
    assert points(more) == 3


def test_versions_of_a_model_have_its_colour_each_paler_and_three_are_drawn() -> None:
    rows = [distribution(SPREAD, version=version) for version in ("4", "3", "2", "1")]

    svg = box_plot([*rows, distribution(SPREAD, role="mine")], ["rouge1"])

    assert bars(svg) == ["var(--model-0)", "var(--model-0b)", "var(--model-0c)", "var(--model-4)"]
    assert "fine-tuned 2" in texts(svg)
    assert "fine-tuned 1" not in texts(svg)


def test_names_are_text_in_the_image() -> None:
    svg = box_plot([distribution(SPREAD, version='"><script>alert(1)</script>')], ["rouge1"])

    assert "<script" not in svg
    assert "&lt;script&gt;" in svg


def test_metrics_stand_in_their_order() -> None:
    rows = [distribution(SPREAD, metric=metric) for metric in ("clinical", "rougeL", "rouge1")]

    svg = box_plot(rows, ["rouge1", "rougeL", "clinical"])

    names = [text for text in texts(svg) if text in {"ROUGE-1", "ROUGE-L", "Clinical F1"}]
    assert names == ["ROUGE-1", "ROUGE-L", "Clinical F1"]
