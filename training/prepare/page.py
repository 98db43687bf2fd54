"""The data-quality report as one HTML file: no script, nothing loaded, no report text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.html_pages import template
from training.errors import OutputError

_FOLDER = Path(__file__).resolve().parent
# The drawing area of a histogram, in SVG units.
WIDTH, HEIGHT = 480, 150


def write(report: Mapping[str, Any], path: Path) -> None:
    """Write the page of a `report.json`; an older page is replaced.

    Raises:
        OutputError: the file cannot be written.
    """
    from common import files

    try:
        files.write(path, render(report))
    except OSError as error:
        raise OutputError(path, f"cannot be written ({error.strerror})") from None


def render(report: Mapping[str, Any]) -> str:
    """The whole page."""
    page = template(_FOLDER, "page.html.j2", bars=bars, percent=_percent, thousands=_thousands)
    return page.render(report=report, width=WIDTH, height=HEIGHT)


def bars(histogram: list[dict[str, int]]) -> list[dict[str, float | str]]:
    """The rectangles of a histogram, each with the sentence that a reader of it hears."""
    most = max((one["reports"] for one in histogram), default=0) or 1
    width = WIDTH / max(1, len(histogram))
    step = histogram[1]["from"] if len(histogram) > 1 else 0
    found: list[dict[str, float | str]] = []
    for at, one in enumerate(histogram):
        height = HEIGHT * one["reports"] / most
        is_last = at == len(histogram) - 1
        until = "or more" if is_last else f"to {one['from'] + step - 1:,}"
        found.append(
            {
                "x": round(at * width, 1),
                "y": round(HEIGHT - height, 1),
                "width": round(max(1.0, width - 1), 1),
                "height": round(height, 1),
                "title": f"{one['from']:,} {until}: {one['reports']:,} reports",
            }
        )
    return found


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _thousands(number: float) -> str:
    return f"{number:,}"
