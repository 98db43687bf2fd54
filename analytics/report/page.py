"""Renders the page: one HTML file with style and script, everything from the lake escaped."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from markupsafe import Markup

from analytics.report.charts import box_plot
from analytics.report.gather import Content
from chalicelib.output.scoring import METRICS
from common.html_pages import template

_FOLDER = Path(__file__).resolve().parent
_NAMES = {"rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougeL": "ROUGE-L", "rougeLsum": "ROUGE-Lsum"}


def render(content: Content) -> str:
    """The whole page."""
    page = template(_FOLDER, "page.html.j2", f4=_four, points=_points, rouge=_rouge, plain=_plain)
    script = _read("cases.js")
    return page.render(
        content=content,
        metrics=METRICS,
        # Our own files and charts, without report text.
        style=Markup("".join(map(_read, ("page.css", "cases.css")))),  # noqa: S704  # our own files
        script=Markup(script),  # noqa: S704  # our own file
        script_hash=_hash(script),
        charts={name: Markup(box_plot(rows)) for name, rows in content.boxes.items()},  # noqa: S704  # our own drawings
        cases=_island(content.cases.data),
    )


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _island(cases: object) -> Markup:
    """JSON for a script element: without `<`, nothing in it can close the element."""
    text = json.dumps(cases, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # Lone surrogates cannot be encoded as UTF-8; U+2028 and U+2029 used to end lines in scripts.
    text = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    escaped = re.sub("[\ud800-\udfff\u2028\u2029]", lambda m: f"\\u{ord(m[0]):04x}", text)
    return Markup(escaped)  # noqa: S704  # escaped just above


def _hash(script: str) -> str:
    """The script's hash for the Content-Security-Policy, which allows no other script to run."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")


def _four(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _points(value: float | None) -> str:
    return "-" if value is None else f"{value:+.1f}"


def _rouge(metric: str) -> str:
    return _NAMES.get(metric, metric)


def _plain(value: object) -> str:
    return "-" if value is None else str(value)
