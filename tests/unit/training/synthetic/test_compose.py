from __future__ import annotations

import re

import pytest

from training.synthetic import scenarios
from training.synthetic.report import Report
from training.synthetic.stream import reports

COUNT = 4000
SIDES = {"left": (), "right": (), "bilateral": ("both", "bilaterally")}
GRADES = {
    "trace": (),
    "tiny": (),
    "small": (),
    "large": (),
    "minimal": (),
    "mild": ("mildly",),
    "moderate": ("moderately",),
    "severe": ("severely",),
}
ITEM_NUMBER = re.compile(r"(?:^|(?<=\. ))\d\. ")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def many() -> list[Report]:
    return list(reports(COUNT, "test"))


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


def test_about_half_of_the_reports_are_normal(many: list[Report]) -> None:
    normal = sum(r.normal for r in many)

    assert 0.46 < normal / COUNT < 0.54


def test_every_scenario_occurs(many: list[Report]) -> None:
    seen = {r.scenario for r in many}

    assert seen == {"normal", *(s.name for s in scenarios.SCENARIOS)}


def test_nothing_is_blank_and_no_slot_is_left_open(many: list[Report]) -> None:
    for r in many:
        assert r.findings.strip()
        assert r.impression.strip()
        assert not re.search(r"[{}]|  | \.|\.\.", r.findings + r.impression)


def test_the_impression_is_one_line(many: list[Report]) -> None:
    assert all("\n" not in r.impression for r in many)


@pytest.mark.parametrize(("word", "others"), [*SIDES.items(), *GRADES.items()])
def test_side_and_severity_of_the_impression_come_from_the_findings(
    many: list[Report], word: str, others: tuple[str, ...]
) -> None:
    said = [r for r in many if word in words(r.impression)]

    assert said
    for r in said:
        assert words(r.findings) & {word, *others}, r


def test_every_number_of_the_impression_comes_from_the_findings(many: list[Report]) -> None:
    for r in many:
        numbers = set(NUMBER.findall(ITEM_NUMBER.sub("", r.impression)))

        assert numbers <= set(NUMBER.findall(r.findings)), r


@pytest.mark.parametrize(
    ("thing", "sides"),
    [
        ("pleural effusion", ("left", "right")),
        ("pneumothorax", ("left", "right")),
        ("clavicle fracture", ("left", "right")),
        ("hemidiaphragm", ("left", "right")),
    ],
)
def test_a_lone_finding_keeps_its_side(
    many: list[Report], thing: str, sides: tuple[str, ...]
) -> None:
    lone = [r for r in many if r.impression.lower().count(".") == 1 and thing in r.impression]

    for r in lone:
        for side in sides:
            if side in words(r.impression) and "other" not in words(r.findings):
                assert re.search(rf"\b{side}\b", r.findings, re.IGNORECASE), r


@pytest.mark.parametrize(
    ("named", "denied"),
    [
        (r"pleural effusions?\b", r"\b(no|without|negative for)\b[^.]*\beffusion"),
        (r"pneumothorax", r"\b(no|without|negative for)\b[^.]*\bpneumothora"),
        (r"consolidation|pneumonia", r"\blungs? (is|are)?\s*(grossly )?clear bilaterally"),
        (r"cardiomegaly", r"\bheart (size )?(is )?(normal|not enlarged)"),
    ],
)
def test_the_findings_do_not_deny_what_the_impression_names(
    many: list[Report], named: str, denied: str
) -> None:
    said = [r for r in many if re.search(named, r.impression.lower().replace("no pneu", ""))]

    assert said
    for r in said:
        assert not re.search(denied, r.findings.lower()), r


def test_a_normal_report_says_so_in_its_first_words(many: list[Report]) -> None:
    for r in many:
        if r.normal:
            assert re.match(r"(no acute|normal)\b", r.impression, re.IGNORECASE), r
            assert len(r.impression.split()) <= 9


def test_change_is_only_told_where_there_is_an_earlier_film(many: list[Report]) -> None:
    changed = [
        r for r in many if re.match(r"(\d\. )?(increased|worsening)", r.impression, re.IGNORECASE)
    ]

    assert changed
    for r in changed:
        assert re.search(r"increased|wors|more extensive", r.findings, re.IGNORECASE), r


def test_wording_style_and_spelling_vary(many: list[Report]) -> None:
    texts = "\n".join(r.findings for r in many)

    assert "oedema" in texts
    assert "edema" in texts.replace("oedema", "")
    assert "XXXX" in texts
    assert "____" in texts
    assert any(r.findings.isupper() for r in many)
    assert any(r.findings.startswith("1. ") for r in many)
    assert any("LUNGS: " in r.findings for r in many)
    assert any(re.match(r"1\. .* 2\. ", r.impression) for r in many)
    assert len({r.findings for r in many}) > 0.97 * COUNT
