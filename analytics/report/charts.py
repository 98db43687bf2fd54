"""Box plots as SVG, rendered in advance with Vega-Lite: the page needs no plotting library.

Colours are CSS variables, so that one image suits light mode, dark mode and print.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import vl_convert

from analytics.report import formats
from analytics.report.scores import STRATA, Model
from analytics.report.tables import ALL, FACTS, WORDS, Distribution
from chalicelib.output.baselines import ALL_ROLES

_HEIGHT = 200
_BOX = 16  # width of a box, pixels
_NAME = 76  # width of a metric's name, pixels
_SHADES = ("", "b", "c")  # of a role's newest version, and of the two before it (page.css)
MOST_VERSIONS = len(_SHADES)


def box_plot(distributions: Sequence[Distribution], metrics: Sequence[str]) -> str:
    """Box plots of one dataset: normal above abnormal reports, a group per metric, a box per model.

    The strata are those by facts if there are any. Of a role, the newest MOST_VERSIONS are drawn.
    """
    rules = {one.rule for one in distributions}
    rule = next(one for one in (FACTS, WORDS, ALL) if one in rules)
    drawn = [one for one in distributions if one.rule == rule]
    colours = _colours(dict.fromkeys(one.model for one in drawn))
    drawn = [one for one in drawn if one.model in colours]
    groups = [name for name in (*STRATA, "all") if any(one.stratum == name for one in drawn)]
    titles = {name: _title(name, rule, drawn) for name in groups}
    values = [
        {
            "group": titles[one.stratum],
            "model": one.model.name,
            "metric": formats.metric(one.metric),
            **{name: getattr(one.values, name) for name in _NEEDED},
            # Nearer ones cannot be told apart.
            "outliers": sorted({round(outlier, 2) for outlier in one.values.outliers}),
        }
        for one in drawn
    ]
    spec = _spec(values, colours, [formats.metric(one) for one in metrics], list(titles.values()))
    svg: str = vl_convert.vegalite_to_svg(json.dumps(spec))
    # Hidden from screen readers: the table below contains the same values.
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


_NEEDED = ("mean", "low_whisker", "p25", "p50", "p75", "high_whisker")


def _colours(models: Iterable[Model]) -> dict[Model, str]:
    """The models to draw with their colours: each version of a role paler than the one after it."""
    found: dict[Model, str] = {}
    for model in models:
        place = sum(one.role == model.role for one in found)
        if place < MOST_VERSIONS:
            role = ALL_ROLES.index(model.role) if model.role in ALL_ROLES else len(ALL_ROLES)
            found[model] = f"var(--model-{role}{_SHADES[place]})"
    return found


def _title(stratum: str, rule: str, drawn: Iterable[Distribution]) -> str:
    n = max((one.values.n for one in drawn if one.stratum == stratum), default=0)
    by = {FACTS: ", by their facts", WORDS: ", by their opening words", ALL: ""}[rule]
    return f"{stratum} reports{by} (n ≤ {n})"


def _spec(
    values: list[dict[str, Any]],
    colours: dict[Model, str],
    metrics: list[str],
    groups: list[str],
) -> dict[str, Any]:
    def y(field: str) -> dict[str, Any]:
        # All layers share the axis, and with it the title.
        scale, title = {"domain": [0, 1]}, "F1 of a draft"
        return {"field": field, "type": "quantitative", "scale": scale, "title": title}

    names = [model.name for model in colours]
    by_model = {"field": "model", "type": "nominal", "sort": names}
    legend = {"orient": "top", "title": None, "columns": 2, "columnPadding": 30}
    scale = {"domain": names, "range": list(colours.values())}
    metrics = [name for name in metrics if any(value["metric"] == name for value in values)]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": values},
        "facet": {
            "row": {
                "field": "group",
                "type": "nominal",
                "sort": groups,
                "title": None,
                "header": {
                    "orient": "top",
                    "labelAnchor": "start",
                    "labelColor": "currentColor",
                    "labelFontWeight": "bold",
                    "labelFontSize": 12,
                },
            }
        },
        "spec": {
            # A group is at least as wide as its name.
            "width": {"step": max((_BOX + 6) * len(names), _NAME), "for": "position"},
            "height": _HEIGHT,
            "encoding": {
                "x": {
                    "field": "metric",
                    "type": "nominal",
                    "sort": metrics,
                    "title": "Metric",
                    "axis": {"labelAngle": 0},
                },
                "xOffset": by_model,
            },
            "layer": [
                {
                    "mark": {"type": "rule", "color": "currentColor"},
                    "encoding": {
                        "y": y("low_whisker"),
                        "y2": {"field": "high_whisker"},
                    },
                },
                {
                    "mark": {
                        "type": "bar",
                        "size": _BOX,
                        "stroke": "currentColor",
                        "strokeWidth": 0.5,
                        "opacity": 1,
                    },
                    "encoding": {
                        "y": y("p25"),
                        "y2": {"field": "p75"},
                        "color": {**by_model, "scale": scale, "legend": legend},
                    },
                },
                {
                    "mark": {"type": "tick", "size": _BOX, "thickness": 2, "color": "currentColor"},
                    "encoding": {"y": y("p50")},
                },
                {
                    "mark": {
                        "type": "point",
                        "shape": "diamond",
                        "filled": True,
                        "size": 40,
                        "color": "var(--page)",
                        "stroke": "currentColor",
                        "opacity": 1,
                    },
                    "encoding": {"y": y("mean")},
                },
                {
                    "transform": [{"flatten": ["outliers"]}],
                    "mark": {"type": "point", "size": 10, "color": "currentColor", "opacity": 0.7},
                    "encoding": {"y": y("outliers")},
                },
            ],
        },
        "config": {
            "background": None,
            "font": "system-ui, sans-serif",
            "view": {"stroke": "var(--line)"},
            "axis": {
                "labelColor": "currentColor",
                "titleColor": "currentColor",
                "domainColor": "var(--line)",
                "tickColor": "var(--line)",
                "gridColor": "var(--line)",
            },
            "legend": {"labelColor": "currentColor", "labelLimit": 200},
        },
    }
