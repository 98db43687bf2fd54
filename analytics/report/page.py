"""Renders the page: one HTML file with style and script, everything from the lake escaped."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from markupsafe import Markup

from analytics.report import formats
from analytics.report.charts import box_plot
from analytics.report.flags import shown
from analytics.report.gather import Content
from analytics.report.scores import CLINICAL
from analytics.report.tables import FACTS, MICRO, WORDS
from common.html_pages import template

_FOLDER = Path(__file__).resolve().parent


def render(content: Content) -> str:
    """The whole page."""
    page = template(_FOLDER, "page.html.j2", **formats.FILTERS)
    script = _read("cases.js")
    return page.render(
        content=content,
        metrics=content.scores.metrics,
        means_of=[
            *content.scores.metrics,
            *([MICRO] if CLINICAL in content.scores.metrics else []),
        ],
        flags=shown(content.flags),
        rules=_rules(content),
        # Our own files and charts, without report text.
        style=Markup("".join(map(_read, ("page.css", "cases.css")))),  # noqa: S704  # our own files
        script=Markup(script),  # noqa: S704  # our own file
        script_hash=_hash(script),
        charts=_charts(content),
        cases=_island(content.cases.data),
    )


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _charts(content: Content) -> dict[str, Markup]:
    """Box plots by dataset."""
    found = {}
    for name in content.scores.datasets:
        rows = [one for one in content.distributions if one.dataset == name]
        if rows:
            found[name] = Markup(box_plot(rows, content.scores.metrics))  # noqa: S704  # our own drawings
    return found


def _rules(content: Content) -> list[str]:
    """The rules of strata that the page can show, the one that it begins with first."""
    there = {line.rule for line in content.means} | {line.rule for line in content.flags}
    return [rule for rule in (FACTS, WORDS) if rule in there]


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
