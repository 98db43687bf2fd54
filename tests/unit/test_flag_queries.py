"""The SQL that the docs show for flags runs as written, and answers what they say."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics.engine.athena import Athena
from analytics.lake import FolderLake
from common.paths import ROOT
from tests.unit.analytics.conftest import LakeOnDisk, check, impression


@pytest.fixture
def lake(tmp_path: Path) -> LakeOnDisk:
    return LakeOnDisk(tmp_path)


def answer(lake: LakeOnDisk, query: str) -> list[tuple[object, ...]]:
    with Athena(FolderLake(lake.folder), lambda _: None) as athena:
        return [tuple(row) for row in athena.query(query).rows]


def test_reports_with_one_id_are_found_across_chunks(lake: LakeOnDisk) -> None:
    text = (ROOT / "docs" / "draft-checks.md").read_text(encoding="utf-8")
    [query] = re.findall(r"^```sql\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    lake.put("impressions", impression(), impression(report_id="other", record_index=1))
    lake.put("impressions", impression(record_index=50))
    lake.put("impressions", impression(record_index=50))  # a replay
    lake.put("impressions", impression(run_id="o2", source_key="evaluation/dev1/b.json"))

    assert answer(lake, query) == [("evaluation/dev1/a.json", "r1", 2)]


def test_the_runbook_counts_yesterday_s_flags_of_drafts_that_hospitals_got(
    lake: LakeOnDisk,
) -> None:
    text = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    [query] = re.findall(r"`(SELECT model_version, dataset, flag.*?)`", text)
    today = datetime.now(UTC).date().isoformat()
    one = {"lane": "incoming", "dataset": "ward", "flag": "contradicted"}
    lake.put("checks", check(**one), check(record_index=1, **one), day=today)
    lake.put("checks", check(run_id="o2", flag="wrong_side"), day=today)  # a comparison
    lake.put("checks", check(run_id="o3", **one), day="2026-01-02")

    assert answer(lake, query) == [("1", "ward", "contradicted", 2)]
