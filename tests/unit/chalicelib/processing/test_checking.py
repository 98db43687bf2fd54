from __future__ import annotations

import msgspec
import pytest

from chalicelib.checks.lexicon.table import Weight
from chalicelib.drafting.endpoint import Draft
from chalicelib.drafting.truncation import NOT_CUT, POSSIBLE, TOLD, Truncation
from chalicelib.intake.record import Record
from chalicelib.processing.checking import checker_of, remarks_on
from chalicelib.settings import DRAFT_CHECKS, WEIGHTS, Settings
from tests.unit.chalicelib.stores import LIVE

SETTINGS = Settings(
    results_bucket="results",
    work_queue_url="q",
    idempotency_table="i",
    progress_table="p",
    models=(LIVE,),
    draft_checks=frozenset(DRAFT_CHECKS),
)


def flags(findings: str, draft: Draft, **context: str) -> list[str]:
    context, chosen = (
        {name: value for name, value in context.items() if name == "age"},
        {name: value for name, value in context.items() if name != "age"},
    )
    record = Record(0, "r", findings, context=context)
    settings = msgspec.convert(msgspec.structs.asdict(SETTINGS) | chosen, Settings, strict=False)
    [[found]] = remarks_on(settings, [record], [(LIVE, [draft])])
    assert found is not None
    return [one.flag for one in found]


def draft(text: str, truncation: Truncation = NOT_CUT) -> Draft:
    return Draft(text, 1.0, 1, truncation)


@pytest.mark.parametrize(
    ("omitted_from", "missed"),
    [
        ("incidental", ["omitted"]),
        ("chronic", []),
        ("acute", []),
    ],
)
def test_how_much_what_is_left_out_must_matter_is_a_setting(
    omitted_from: str, missed: list[str]
) -> None:
    findings = "Left effusion. Scoliosis."

    assert flags(findings, draft("Left effusion."), omitted_from=omitted_from) == missed


@pytest.mark.parametrize(("omitted_from", "missed"), [("chronic", ["omitted"]), ("acute", [])])
def test_what_is_long_standing_may_be_left_out(omitted_from: str, missed: list[str]) -> None:
    findings = "Left effusion. Cardiomegaly."

    assert flags(findings, draft("Left effusion."), omitted_from=omitted_from) == missed


@pytest.mark.parametrize(("longer_than", "found"), [("1", ["longer_than_findings"]), ("20", [])])
def test_how_long_a_draft_may_be_is_a_setting(longer_than: str, found: list[str]) -> None:
    long = draft("Left effusion, as far as this single view of the chest shows us today.")

    assert flags("Left effusion.", long, longer_than=longer_than) == found


@pytest.mark.parametrize(("tolerance", "found"), [("1", ["age_or_sex_mismatch"]), ("5", [])])
def test_how_far_an_age_may_differ_is_a_setting(tolerance: str, found: list[str]) -> None:
    findings = "Left effusion in a 40-year-old."

    given = flags(findings, draft("Left effusion."), age="44", age_tolerance=tolerance)

    assert given == found


def test_every_weight_is_known_to_the_checks() -> None:
    for name in WEIGHTS:
        assert Weight[name.upper()] >= Weight.INCIDENTAL


@pytest.mark.parametrize(
    ("truncation", "found"),
    [(TOLD, ["repeated_or_cut"]), (POSSIBLE, []), (NOT_CUT, [])],
)
def test_only_a_draft_that_is_known_to_be_cut_is_flagged(
    truncation: Truncation, found: list[str]
) -> None:
    assert flags("Left effusion.", draft("Left effusion.", truncation)) == found


def test_the_flag_of_a_cut_draft_shows_its_end() -> None:
    record = Record(0, "r", "Left effusion.")

    [[found]] = remarks_on(SETTINGS, [record], [(LIVE, [draft("Left effusion", TOLD)])])

    assert found is not None
    [one] = found
    assert one.sentence == "The model reached its length limit: the draft is cut."
    assert (one.findings, one.draft) == ([], [(12, 13)])


def test_a_check_that_is_switched_off_says_nothing_of_a_cut_draft() -> None:
    settings = msgspec.structs.replace(SETTINGS, draft_checks=frozenset({"wrong_side"}))
    record = Record(0, "r", "Left effusion.")

    assert remarks_on(settings, [record], [(LIVE, [draft("Left effusion", TOLD)])]) == [[[]]]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({}, "draft-checks 1"),
        (
            {"draft_checks": frozenset({"contradicted", "wrong_side"})},
            "draft-checks 1; checks=wrong_side,contradicted",
        ),
        ({"omitted_from": "acute"}, "draft-checks 1; omitted_from=acute"),
        ({"longer_than": 1.5}, "draft-checks 1; longer_than=1.5"),
        ({"age_tolerance": 2.0}, "draft-checks 1; age_tolerance=2"),
        (
            {
                "draft_checks": frozenset({"omitted"}),
                "longer_than": 0.5,
                "age_tolerance": 0.0,
            },
            "draft-checks 1; checks=omitted; longer_than=0.5; age_tolerance=0",
        ),
    ],
)
def test_the_checker_names_what_differs_from_the_defaults(
    chosen: dict[str, object], said: str
) -> None:
    assert checker_of(msgspec.structs.replace(SETTINGS, **chosen)) == said
