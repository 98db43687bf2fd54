"""The page as it is used: clicked, typed at, on a phone, on paper, in the dark, by axe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import pytest

from analytics.linting import npm

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page


def titles(page: Page) -> list[str]:
    return [str(one) for one in page.locator("#list summary strong").all_text_contents()]


def test_the_worst_case_is_first_and_opens_with_a_word_diff(page: Page) -> None:
    assert page.locator("#count").text_content() == "73 of 73 cases, 50 shown."
    assert "evil" in titles(page)[:3]

    case = page.locator("#list details", has=page.locator("strong", has_text="evil"))
    case.locator("summary").click()
    case.locator("del").wait_for()

    assert case.locator("del").all_text_contents() == ["acute"]
    assert case.locator("ins").all_text_contents() == ["chronic"]
    assert "</script><img" in str(case.locator(".sides section").first.text_content())
    assert page.locator("img").count() == 0
    assert page.title() == "Impressions: models and radiologists"


def test_the_tables_show_the_strata_that_were_chosen(measured: Page) -> None:
    def shown() -> set[str]:
        rows = measured.locator("#t-means tbody tr:visible td:nth-child(3)").all_text_contents()
        return {" ".join(row.split()) for row in rows}

    assert shown() == {"all", "normal by facts", "abnormal by facts"}

    measured.get_by_label("by its opening words").check()
    assert shown() == {"all", "normal by words", "abnormal by words"}

    measured.get_by_label("all together").check()
    assert shown() == {"all"}

    measured.get_by_label("both", exact=True).check()
    assert len(shown()) == 5
    assert measured.locator("#t-describe tr.words").count() > 0


def test_tiles_are_at_the_top_and_lead_to_their_section(measured: Page) -> None:
    labels = measured.locator(".tiles dt").all_text_contents()
    assert labels[:4] == ["Reports", "Failed records", "ROUGE-1", "Clinical F1"]

    measured.get_by_role("link", name="Critical disagreement").click()

    assert measured.evaluate("location.hash") == "#h-flags"
    assert measured.locator("#t-flags tbody tr").count() > 0


def test_search_and_filters_narrow_the_list(page: Page) -> None:
    page.locator("#dataset").select_option("dev2")
    assert page.locator("#count").text_content() == "12 of 73 cases, 12 shown."

    page.locator("#stratum").select_option("normal")
    assert page.locator("#count").text_content() == "0 of 73 cases, 0 shown."

    page.locator("#dataset").select_option("")
    page.locator("#q").fill("chronic disease")
    assert titles(page) == ["evil"]


def test_the_order_can_be_changed(page: Page) -> None:
    page.locator("#order").select_option("best")
    assert titles(page)[0] in {"r11", "r59"}

    page.locator("#order").select_option("long")
    assert titles(page)[0] == "evil"

    page.locator("#order").select_option("id")
    assert titles(page)[:3] == ["evil", "r0", "r0"]


def test_more_cases_come_on_asking_and_focus_goes_to_the_first_new_one(page: Page) -> None:
    page.locator("#more").click()

    assert len(titles(page)) == 73
    assert page.locator("#more").is_hidden()
    focused = page.evaluate(
        "[...document.querySelectorAll('#list summary')].indexOf(document.activeElement)"
    )
    assert focused == 50


def test_all_of_it_works_by_keyboard(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("r7")
    assert set(titles(page)) == {"r7"}
    page.keyboard.press("Escape")

    page.keyboard.press("j")
    page.keyboard.press("Enter")

    assert page.locator("#list details").first.get_attribute("open") is not None
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    assert page.locator("#list details").first.get_attribute("open") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(measured: Page, scheme: Literal["light", "dark"]) -> None:
    measured.emulate_media(color_scheme=scheme)
    measured.locator("#list summary").first.click()
    measured.evaluate(
        "document.querySelectorAll('main details').forEach((box) => { box.open = true })"
    )
    axe = npm.installed() / "node_modules" / "axe-core" / "axe.min.js"

    # Through the debugger: the page's own policy lets no script in.
    measured.evaluate(axe.read_text(encoding="utf-8"))
    found = measured.evaluate("axe.run()")

    assert [(one["id"], one["impact"], len(one["nodes"])) for one in found["violations"]] == []
    assert len(found["passes"]) > 20


def test_it_fits_a_phone(browser: Browser, page_file: Path) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.locator("#list summary").first.click()

    width = page.evaluate("document.documentElement.scrollWidth")

    assert width <= 360  # tables scroll inside their own boxes
    context.close()


def test_it_is_readable_on_paper(page: Page) -> None:
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert page.locator("#controls").is_hidden()
    assert page.locator("#list details[open] .sides").count() == 50
    assert len(page.pdf(format="A4")) > 10_000


def test_no_other_script_runs(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    text = page_file.read_text(encoding="utf-8")
    changed = tmp_path / "changed.html"
    changed.write_text(re.sub("<h1>", "<script>document.title='owned'</script><h1>", text, count=1))
    context = browser.new_context()
    page = context.new_page()

    page.goto(changed.as_uri())

    assert page.title() == "Impressions: models and radiologists"
    context.close()
