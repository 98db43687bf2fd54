"""Which cases the page shows, in which order, with which flags."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from analytics.engine.athena import Athena
from analytics.report.cases import Cases, Cross, gather, label, notes
from chalicelib.settings import DRAFT_CHECKS
from tests.unit.analytics.conftest import LakeOnDisk, check, clinical, impression, score

Draft = Callable[..., None]


@pytest.fixture
def draft(lake: LakeOnDisk) -> Draft:
    """Puts one draft: its flags with sentences, its clinical F1 and strata, its ROUGE-1."""
    count = iter(range(1000))

    def put(
        name: str,
        *flags: str,
        f1: float | None = None,
        rouge: float | None = None,
        strata: tuple[str, str] = ("normal", "normal"),
        checked: bool = True,
        **given: Any,
    ) -> None:
        given = {"report_id": name, "record_index": next(count)} | given
        row = impression(
            **{"flags": list(flags), "check_sentences": [f"It is {one}." for one in flags]} | given
        )
        lake.put("impressions", row)
        kept = {key: row[key] for key in ("report_id", "record_index", "model_role", "dataset")}
        if rouge is not None:
            lake.put("rouge_scores", score(**kept, fmeasure=rouge))
        if f1 is not None:
            facts, ours = strata
            lake.put(
                "clinical_scores",
                clinical(**kept, fmeasure=f1, facts_stratum=facts, draft_stratum=ours),
            )
        if checked:
            rows = [check(flag=one, **kept, flag_index=at) for at, one in enumerate(flags)]
            lake.put("checks", *(rows or [check(flag=None, **kept)]))

    return put


def ids(found: Cases) -> list[str]:
    return [case["i"] for case in found.rows]


def flags_of(found: Cases, draft: list[Any]) -> list[tuple[str, str]]:
    names, texts = found.data["flags"], found.data["texts"]
    return [(names[flag][0], texts[sentence]) for flag, sentence, _, _ in draft[6]]


def test_danger_comes_before_scores(draft: Draft, athena: Athena) -> None:
    draft("low ROUGE-1 only", rouge=0.0)
    draft("low facts", f1=0.1, rouge=0.9)
    draft("lower facts", f1=0.0, rouge=0.9)
    draft("unknown flag", "a_flag_of_tomorrow", f1=1.0, rouge=1.0)
    draft("not checked", "not_checked", f1=1.0, rouge=1.0)
    draft("unsupported", "unsupported", f1=1.0, rouge=1.0)
    draft("omitted", "omitted", f1=1.0, rouge=1.0)
    draft("critical", "critical_finding", f1=1.0, rouge=1.0)
    draft("missed", f1=0.0, rouge=0.0, strata=("abnormal", "normal"))
    draft("normal draft", "normal_draft_abnormal_findings", f1=1.0, rouge=1.0)
    draft("contradicted", "contradicted", f1=1.0, rouge=1.0)
    draft("side", "omitted", "wrong_side", f1=1.0, rouge=1.0)
    draft("two sides", "wrong_side", "wrong_side", f1=1.0, rouge=1.0)
    draft("side, no reference", "wrong_side")

    assert ids(gather(athena, 100)) == [
        "two sides",
        "side",
        "side, no reference",
        "contradicted",
        "normal draft",
        "missed",
        "critical",
        "omitted",
        "unsupported",
        "not checked",
        "unknown flag",
        "lower facts",
        "low facts",
        "low ROUGE-1 only",
    ]
    assert ids(gather(athena, 3)) == ["two sides", "side", "side, no reference"]
    assert ids(gather(athena, 1)) == ["two sides"]
    assert gather(athena, 3).total == 14
    assert gather(athena, 0).total == 14
    assert gather(athena, 0).rows == []


def test_the_fine_tuned_draft_counts_where_there_is_one(draft: Draft, athena: Athena) -> None:
    draft("both", f1=0.9, rouge=0.9, record_index=900)
    draft("both", "wrong_side", f1=0.0, record_index=900, model_role="pre-trained")
    draft("other model only", "omitted", model_role="pre-trained")

    found = gather(athena, 100)

    assert ids(found) == ["other model only", "both"]
    assert [line.sentence for line in found.worst] == [
        "It is omitted.",
        "clinical F1 0.90, ROUGE-1 0.90",
    ]


def test_without_a_reference_only_drafts_with_flags_are_cases(draft: Draft, athena: Athena) -> None:
    draft("flagged", "omitted", reference_impression=None, stratum=None, lane="nightly")
    draft("unflagged", reference_impression=None, stratum=None, lane="nightly")
    draft("of its record", reference_impression=None, checked=False, flags=["answer_withheld"])

    found = gather(athena, 100)

    assert ids(found) == ["flagged", "of its record"]
    [_, rouge, _, f1, stratum, checked, _] = found.rows[0]["m"][0]
    assert (rouge, f1, stratum, checked) == (None, None, "", 1)
    assert found.rows[1]["m"][0][5] == 0
    assert flags_of(found, found.rows[1]["m"][0]) == [("answer_withheld", "")]


def test_flags_have_their_sentences_and_places(lake: LakeOnDisk, athena: Athena) -> None:
    lake.put(
        "impressions",
        impression(
            findings="\U0001fac1 left effusion",
            generated_impression="Right effusion.",
            flags=["metadata_dropped", "wrong_side", "omitted", "contradicted"],
            check_sentences=["Left, not right.", "Left out."],
        ),
    )
    lake.put(
        "checks",
        check(flag="contradicted", flag_index=2, draft_spans="[[0, 99]]"),
        check(flag="wrong_side", findings_spans="[[2, 6]]", draft_spans="[[0, 5], [6, 14]]"),
        check(flag="omitted", flag_index=1, findings_spans="no JSON"),
    )

    found = gather(athena, 1)

    [draft] = found.rows[0]["m"]
    assert flags_of(found, draft) == [
        ("wrong_side", "Left, not right."),
        ("omitted", "Left out."),
        ("contradicted", ""),
        ("metadata_dropped", ""),
    ]
    assert [remark[2:] for remark in draft[6]] == [
        [[(3, 7)], [(0, 5), (6, 14)]],
        [[], []],
        [[], []],
        [[], []],
    ]


def test_ids_tell_nothing_of_a_report_and_stay_the_same(draft: Draft, athena: Athena) -> None:
    draft("MRN-4711", "omitted", record_index=1)
    draft("MRN-4712", "omitted", record_index=2)
    draft("MRN-4713", "omitted", record_index=2)  # what no writer of ours does

    first, second, third = (case["h"] for case in gather(athena, 10).rows)

    assert len(first) == 12
    assert third == f"{second}-2"
    assert first != second
    assert [case["h"] for case in gather(athena, 1).rows] == [first]
    # Of the object's id and the place in it alone: another report id changes nothing.
    assert first == hashlib.sha256(b"o1/1").hexdigest()[:12]


def test_baselines_stand_beside_the_models_and_are_no_cases(draft: Draft, athena: Athena) -> None:
    for role in ("baseline-lead", "pre-trained", "fine-tuned", "baseline-constant"):
        draft(
            "r1",
            f1=0.5,
            rouge=0.5,
            model_role=role,
            record_index=1,
            checked=not role.startswith("b"),
        )
    draft("alone", rouge=0.0, model_role="baseline-lead", checked=False)

    found = gather(athena, 10)

    assert ids(found) == ["r1"]
    assert [found.data["models"][one[0]][0] for one in found.rows[0]["m"]] == [
        "fine-tuned",
        "pre-trained",
        "baseline-constant",
        "baseline-lead",
    ]
    assert (found.drafts, found.checked, found.flagged) == (2, 2, 0)


def test_the_tables_count_drafts_that_could_be_compared(draft: Draft, athena: Athena) -> None:
    for at, strata in enumerate((("abnormal", "normal"), ("normal", "normal")) * 2):
        draft(f"r{at}", f1=0.5, strata=strata)
    draft("other", f1=0.5, strata=("normal", "abnormal"), model_role="pre-trained", dataset="dev2")

    found = gather(athena, 10)

    assert found.crosses == [
        Cross("fine-tuned", {"an": 2, "aa": 0, "nn": 2, "na": 0}),
        Cross("pre-trained", {"an": 0, "aa": 0, "nn": 0, "na": 1}),
    ]
    assert sorted(found.data["cross"]) == [
        ["dev1", 0, "a", "n", 2],
        ["dev1", 0, "n", "n", 2],
        ["dev2", 1, "n", "a", 1],
    ]


def test_texts_that_could_not_be_compared_are_neither_normal_nor_abnormal(
    lake: LakeOnDisk, athena: Athena
) -> None:
    lake.put("impressions", impression())
    lake.put("rouge_scores", score())
    unknown = {"fmeasure": None, "facts_stratum": "abnormal", "draft_stratum": "normal"}
    lake.put("clinical_scores", clinical(**unknown))

    found = gather(athena, 10)

    assert found.crosses == []
    assert (found.rows[0]["a"], found.rows[0]["m"][0][4]) == ("", "")
    assert found.worst[0].flag == ""


def test_the_worst_list_has_ten_lines(draft: Draft, athena: Athena) -> None:
    draft("first", "critical_finding", "contradicted", "wrong_side", f1=0.0)
    draft("second", "critical_finding", f1=0.0, strata=("abnormal", "normal"))
    for at in range(12):
        draft(f"r{at}", rouge=0.5)

    found = gather(athena, 100)

    assert len(found.worst) == 10
    first, second, third = found.worst[:3]
    assert first == (
        found.rows[0]["h"],
        "first",
        "dev1, fine-tuned",
        "wrong side",
        True,
        "It is wrong_side.",
        2,
    )
    assert second[3:] == ("abnormal report, normal draft", True, "clinical F1 0.00", 1)
    assert third[3:] == ("", False, "ROUGE-1 0.50", 0)


@pytest.mark.parametrize(
    ("checked", "said"),
    [
        ((True, True), []),
        (
            (True, False),
            ["Only 1 of 2 drafts were checked: the others may be wrong without a flag."],
        ),
        (
            (False, False),
            [
                (
                    "No draft was checked: the stack ran with DraftChecks=none, or before there "
                    "were checks. A draft without flags may be wrong."
                )
            ],
        ),
    ],
)
def test_drafts_that_were_not_checked_are_told(
    draft: Draft, athena: Athena, checked: tuple[bool, ...], said: list[str]
) -> None:
    for at, one in enumerate(checked):
        draft(f"r{at}", rouge=0.5, checked=one)

    found = gather(athena, 10)

    assert notes(found) == said
    assert [case["m"][0][5] for case in found.rows] == [int(one) for one in checked]


def test_an_empty_lake_has_no_cases_and_needs_no_note(athena: Athena) -> None:
    found = gather(athena, 10)

    assert (found.rows, found.total, found.worst, found.crosses) == ([], 0, [], [])
    assert notes(found) == []


def test_flags_are_listed_by_danger_and_have_names_for_readers() -> None:
    assert DRAFT_CHECKS[:3] == ("wrong_side", "contradicted", "normal_draft_abnormal_findings")
    assert label("wrong_side") == "wrong side"
    assert label("normal_draft_abnormal_findings") == "normal draft, abnormal findings"
