from __future__ import annotations

import pytest

from training.prepare.columns import Columns, ColumnsError, Roles, listed, resolve

NONE = Columns()


def test_known_names_are_found_in_any_spelling() -> None:
    names = ("Study ID", "PatientID", "Section_Findings", "SECTION IMPRESSION", "report")

    assert resolve(names, NONE) == Roles(
        "Section_Findings", "SECTION IMPRESSION", None, ("Study ID",), "PatientID"
    )


def test_report_is_used_only_where_the_sections_have_no_columns() -> None:
    assert resolve(("findings", "text"), NONE) == Roles("findings", None, "text")
    assert resolve(("findings", "impression", "report", "text"), NONE).text is None


def test_report_that_the_user_names_goes_before_the_sections() -> None:
    roles = resolve(("findings", "impression", "report"), Columns(text="report"))

    assert roles == Roles(None, None, "report")
    assert roles.is_usable


def test_ids_are_tried_in_order() -> None:
    assert resolve(("id", "uid", "report_id"), NONE).ids == ("report_id", "id", "uid")
    assert resolve(("id", "Key"), Columns(report_id="key")).ids == ("Key",)


@pytest.mark.parametrize(
    ("names", "option"),
    [
        (("findings", "finding", "impression"), "--findings-column"),
        (("findings", "impression", "conclusion"), "--impression-column"),
        (("report", "text"), "--report-column"),
    ],
)
def test_two_columns_for_one_role_are_never_guessed(names: tuple[str, ...], option: str) -> None:
    with pytest.raises(ColumnsError, match=option):
        resolve(names, NONE)


def test_the_user_decides_between_two() -> None:
    names = ("findings", "section_findings", "impression")

    assert resolve(names, Columns(findings="section_findings")).findings == "section_findings"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["id", "Befund_1"], "its columns are id, Befund_1"),
        (["id", "Heart is normal."], "it has 2 columns"),
        (["Normal"], "it has 1 column"),
        (["1", "clear"], "it has 2 columns"),
        (["clear", "clear"], "it has 2 columns"),
        (
            [f"c{n}" for n in range(14)],
            "its columns are " + ", ".join(f"c{n}" for n in range(12)) + " and 2 more",
        ),
    ],
)
def test_only_what_looks_like_names_is_listed(names: list[str], shown: str) -> None:
    assert listed(names) == shown
