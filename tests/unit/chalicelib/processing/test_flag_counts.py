from __future__ import annotations

from collections import Counter

import pytest

from chalicelib.checks import DISAGREEMENTS
from chalicelib.output.tables import CheckRow, Row
from chalicelib.processing import flag_counts
from chalicelib.processing.flag_counts import FLAG_METRICS, count_checks
from chalicelib.settings import DRAFT_CHECKS


def rows(index: int, *names: str | None, role: str = "fine-tuned") -> list[Row]:
    """The rows of one checked draft."""
    return [
        CheckRow(
            report_id="r",
            run_id="u",
            record_index=index,
            lane="incoming",
            dataset="ward",
            model_role=role,
            model_id="m",
            model_version="1",
            stratum=None,
            flag_index=place,
            flag=name,
            findings_spans="[]",
            draft_spans="[]",
            checker="draft-checks 1",
            source_key="k",
            checked_at="t",
        )
        for place, name in enumerate(names)
    ]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    found: Counter[str] = Counter()
    monkeypatch.setattr(flag_counts, "count", lambda name, value: found.update({name: value}))
    return found


def test_drafts_are_counted_and_not_their_flags(counted: Counter[str]) -> None:
    made = [
        *rows(0, None),
        *rows(1, "wrong_side", "contradicted", "contradicted"),
        *rows(2, "omitted"),
        *rows(3, "not_checked"),
    ]

    count_checks("incoming", made)

    assert +counted == {
        "DraftsChecked": 4,
        "DraftsCompared": 3,
        "DraftsInDisagreement": 1,
        "FlagWrongSide": 1,
        "FlagContradicted": 1,
        "FlagOmitted": 1,
        "FlagNotChecked": 1,
    }


@pytest.mark.parametrize("name", sorted(DISAGREEMENTS))
def test_a_disagreement_counts_even_if_not_everything_was_compared(
    name: str, counted: Counter[str]
) -> None:
    count_checks("nightly", rows(0, name, "not_checked"))

    assert (counted["DraftsCompared"], counted["DraftsInDisagreement"]) == (1, 1)


@pytest.mark.parametrize("name", sorted({*DRAFT_CHECKS} - DISAGREEMENTS))
def test_what_a_radiologist_may_do_too_is_no_disagreement(name: str, counted: Counter[str]) -> None:
    count_checks("incoming", rows(0, name))

    assert counted["DraftsInDisagreement"] == 0
    assert counted[FLAG_METRICS[name]] == 1


def test_drafts_of_one_record_by_two_models_are_two(counted: Counter[str]) -> None:
    made = [*rows(0, "wrong_side"), *rows(0, None, role="pre-trained")]

    count_checks("nightly", made)

    assert (counted["DraftsChecked"], counted["DraftsInDisagreement"]) == (2, 1)


def test_the_evaluation_lane_is_not_counted(counted: Counter[str]) -> None:
    count_checks("evaluation", rows(0, "wrong_side"))

    assert not counted


def test_without_checks_nothing_is_counted(counted: Counter[str]) -> None:
    count_checks("incoming", [])

    assert not +counted


def test_every_flag_has_a_metric_and_every_disagreement_is_a_check() -> None:
    assert set(FLAG_METRICS) == set(DRAFT_CHECKS)
    assert len(set(FLAG_METRICS.values())) == len(DRAFT_CHECKS)
    assert set(DRAFT_CHECKS) > DISAGREEMENTS
    # Readers see them first: the report ranks cases by this order.
    assert set(DRAFT_CHECKS[: len(DISAGREEMENTS)]) == DISAGREEMENTS
