from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from training.errors import OutputError
from training.prepare import page
from training.prepare.prepare import Plan, prepare
from training.synthetic.stream import reports


@pytest.fixture
def report(tmp_path: Path) -> dict[str, object]:
    source = tmp_path / "in"
    source.mkdir()
    rows = [
        {"id": one.report_id, "findings": one.findings, "impression": one.impression}
        for one in reports(40, "page")
    ]
    rows += [{"id": "<b>&x", "findings": "Clear.", "impression": "2-ABNORMAL"}, {"findings": ""}]
    (source / "r.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (source / "<i>.png").touch()
    return prepare([source], tmp_path / "out", Plan("invented", 0.2, 1)).as_json()


def test_page_is_one_file_that_loads_nothing(report: dict[str, object]) -> None:
    text = page.render(report)

    assert re.findall(r"(?:src|href)=|url\(|@import|<script", text) == []
    assert "default-src 'none'" in text
    assert text.count("<svg") == 4


def test_page_shows_the_figures_and_escapes_names(report: dict[str, object]) -> None:
    text = page.render(report)

    assert "&lt;b&gt;&amp;x" in text
    assert "<b>&x" not in text
    assert "in/&lt;i&gt;.png" in text
    assert "has an unknown extension" in text
    assert "the impression is a code" in text
    assert f"{report['reports']} reports read" in text
    assert "quality" not in report


def test_neither_page_nor_report_contains_report_text(report: dict[str, object]) -> None:
    texts = [text for one in reports(40, "page") for text in (one.findings, one.impression)]

    for shown in (page.render(report), json.dumps(report)):
        assert not any(text in shown for text in texts)


def test_bars_fill_the_drawing(report: dict[str, object]) -> None:
    found = page.bars([{"from": 0, "reports": 2}, {"from": 10, "reports": 4}])

    assert [one["height"] for one in found] == [page.HEIGHT / 2, page.HEIGHT]
    assert [one["title"] for one in found] == ["0 to 9: 2 reports", "10 or more: 4 reports"]


def test_page_replaces_an_older_one_and_names_a_folder_that_is_not_there(
    report: dict[str, object], tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text("old")
    page.write(report, path)

    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(OutputError, match=r"none/page\.html"):
        page.write(report, tmp_path / "none" / "page.html")
