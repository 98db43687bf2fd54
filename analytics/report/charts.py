"""Box plots as SVG, rendered in advance with Vega-Lite: the page needs no plotting library.

Colours are CSS variables, so that one image suits light mode, dark mode and print.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import vl_convert

from analytics.report.gather import Row
from chalicelib.output.baselines import ALL_ROLES
from chalicelib.output.scoring import METRICS

_HEIGHT = 240
_BOX = 18  # width of a box, pixels
_NAME = 64  # width of a metric's name, pixels


def box_plot(rows: Sequence[Row]) -> str:
    """Box plots of one dataset (rows of v_rouge_box): a group per metric, a box per model."""
    roles = [role for role in ALL_ROLES if any(row["model_role"] == role for row in rows)]
    roles += sorted({row["model_role"] for row in rows} - set(roles))
    metrics = [metric for metric in METRICS if any(row["metric"] == metric for row in rows)]
    values = [{name: row[name] for name in _NEEDED} for row in rows]
    svg: str = vl_convert.vegalite_to_svg(json.dumps(_spec(values, roles, metrics)))
    # Hidden from screen readers: the table below contains the same values.
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


_NEEDED = ("model_role", "metric", "mean", "low_whisker", "p25", "p50", "p75", "high_whisker")


def _spec(values: list[Row], roles: list[str], metrics: list[str]) -> dict[str, Any]:
    def y(field: str, title: str | None = None) -> dict[str, Any]:
        scale = {"domain": [0, 1]}
        return {"field": field, "type": "quantitative", "scale": scale, "title": title}

    colours = [
        f"var(--model-{ALL_ROLES.index(role) if role in ALL_ROLES else 4})" for role in roles
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": values},
        # A group is at least as wide as its name.
        "width": {"step": max((_BOX + 6) * len(roles), _NAME), "for": "position"},
        "height": _HEIGHT,
        "encoding": {
            "x": {
                "field": "metric",
                "type": "nominal",
                "sort": metrics,
                "title": None,
                "axis": {"labelAngle": 0},
            },
            "xOffset": {"field": "model_role", "type": "nominal", "sort": roles},
        },
        "layer": [
            {
                "mark": {"type": "rule", "color": "currentColor"},
                "encoding": {"y": y("low_whisker", "F1"), "y2": {"field": "high_whisker"}},
            },
            {
                "mark": {"type": "bar", "size": _BOX, "stroke": "currentColor", "strokeWidth": 0.5},
                "encoding": {
                    "y": y("p25"),
                    "y2": {"field": "p75"},
                    "color": {
                        "field": "model_role",
                        "type": "nominal",
                        "sort": roles,
                        "scale": {"domain": roles, "range": colours},
                        "legend": {"orient": "top", "title": None, "columns": 2},
                    },
                },
            },
            {
                "mark": {
                    "type": "tick",
                    "size": _BOX,
                    "thickness": 2,
                    "color": "currentColor",
                },
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
        ],
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
