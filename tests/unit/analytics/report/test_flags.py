"""Flag rates: what counts as a draft, as compared, and as critical."""

from __future__ import annotations

from typing import Any

import pytest

from analytics.engine.athena import Athena
from analytics.report import flags, scores
from analytics.report.flags import CRITICAL, Rates
from tests.unit.analytics.conftest import LakeOnDisk, check, clinical


def put(lake: LakeOnDisk, drafts: list[list[str]], **given: Any) -> None:
    """One draft per list of flags."""
    for i, names in enumerate(drafts):
        for place, flag in enumerate(names or [None]):
            row = {"record_index": i, "report_id": f"r{i}", "flag_index": place, "flag": flag}
            lake.put("checks", check(**row | given))


def rates(athena: Athena) -> dict[tuple[str, str, str], Rates]:
    found = flags.rates(athena, scores.read(athena))
    return {(line.model.name, line.rule, line.stratum): line for line in found}


def test_a_draft_counts_once_for_each_flag_and_once_for_any_critical_one(
    lake: LakeOnDisk, athena: Athena
) -> None:
    put(
        lake,
        [
            ["wrong_side", "contradicted", "contradicted"],
            ["omitted"],
            [],
            ["normal_draft_abnormal_findings"],
            ["critical_finding"],
        ],
    )

    line = rates(athena)["fine-tuned 1", "all", "all"]

    assert (line.drafts, line.compared) == (5, 5)
    found = {name: cell.value for name, cell in line.cells.items() if cell and cell.value}
    assert found == {
        CRITICAL: 2 / 5,
        "wrong_side": 1 / 5,
        "contradicted": 1 / 5,
        "normal_draft_abnormal_findings": 1 / 5,
        "omitted": 1 / 5,
        "critical_finding": 1 / 5,
    }


def test_drafts_that_were_not_checked_are_no_good_ones(lake: LakeOnDisk, athena: Athena) -> None:
    unreadable = [["not_checked", "omitted"], ["not_checked"], ["not_checked"]]
    put(lake, [["wrong_side"], *unreadable, []])

    line = rates(athena)["fine-tuned 1", "all", "all"]

    assert (line.drafts, line.compared) == (5, 2)
    assert line.cells[CRITICAL] == pytest.approx((0.5, 0.0945, 0.9055, 2), abs=1e-4)
    omitted, unread = line.cells["omitted"], line.cells["not_checked"]
    assert omitted is not None
    assert omitted.value == 0
    assert unread is not None
    assert (unread.value, unread.n) == (0.6, 5)


def test_where_nothing_was_compared_there_is_no_rate(lake: LakeOnDisk, athena: Athena) -> None:
    put(lake, [["not_checked"]])

    assert rates(athena)["fine-tuned 1", "all", "all"].cells[CRITICAL] is None


def test_rates_are_by_model_version_and_stratum(lake: LakeOnDisk, athena: Athena) -> None:
    put(lake, [["wrong_side"]], stratum="abnormal")
    put(lake, [[]], stratum=None, run_id="o2", model_version="2")
    put(lake, [[]], model_role="pre-trained", stratum="normal", run_id="o3")
    lake.put("clinical_scores", clinical(report_id="r0", facts_stratum="normal"))

    found = rates(athena)

    assert {name: line.compared for name, line in found.items()} == {
        ("fine-tuned 1", "all", "all"): 1,
        ("fine-tuned 1", "facts", "normal"): 1,
        ("fine-tuned 1", "words", "abnormal"): 1,
        ("fine-tuned 2", "all", "all"): 1,
        ("pre-trained 1", "all", "all"): 1,
        ("pre-trained 1", "words", "normal"): 1,
    }
    names = [name for name, _, _ in found]
    assert names == sorted(names)  # the version with scores comes first


def test_only_flags_that_some_draft_has_are_columns(lake: LakeOnDisk, athena: Athena) -> None:
    put(lake, [["same_report_id_twice", "omitted"], []])

    assert flags.shown(rates(athena).values()) == [CRITICAL, "omitted", "same_report_id_twice"]


def test_without_checks_there_are_no_rates(athena: Athena) -> None:
    assert rates(athena) == {}


@pytest.mark.parametrize(
    ("checkers", "said"),
    [
        ([], []),
        (["draft-checks 1"], []),
        (
            ["draft-checks 1; longer_than=2"],
            ["Drafts were checked with settings of your own: draft-checks 1; longer_than=2."],
        ),
        (
            ["draft-checks 1", "draft-checks 1; checks=wrong_side"],
            [
                (
                    "Drafts were checked with different settings (draft-checks 1 / draft-checks 1; "
                    "checks=wrong_side), and flag rates count them together: a check that did not "
                    "run has no flags."
                )
            ],
        ),
    ],
)
def test_settings_that_a_reader_must_know_are_said(
    lake: LakeOnDisk, athena: Athena, checkers: list[str], said: list[str]
) -> None:
    for i, checker in enumerate(checkers):
        lake.put("checks", check(record_index=i, report_id=f"r{i}", checker=checker))

    assert list(flags.settings_notes(flags.rates(athena, scores.read(athena)))) == said
