"""The files that `python -m analytics build` generates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from analytics.building import functions, reference, rows, template

ROOT = Path(__file__).resolve().parent.parent.parent
# Every generated file and the function that returns its content.
FILES: dict[str, Callable[[], str]] = {
    "chalice_app/chalicelib/output/tables.py": rows.source,
    "analytics/template.json": template.document,
    "docs/tables.md": reference.document,
    "docs/athena.md": functions.document,
}


def stale() -> list[str]:
    """The generated files that are missing or out of date."""
    return [name for name, make in FILES.items() if _current(name) != make()]


def write() -> list[str]:
    """Rewrite the stale files; returns their names."""
    found = stale()
    for name in found:
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FILES[name](), encoding="utf-8")
    return found


def _current(name: str) -> str | None:
    path = ROOT / name
    return path.read_text(encoding="utf-8") if path.is_file() else None
