"""The page's cases as they are used: where danger is, why, and how to get there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import pytest

from analytics.linting import npm

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page


# Parts of the controls, and of the cases, whose content is wider than they are.
WIDER = """[...document.querySelectorAll("#found *")].filter((one) =>
  one.clientWidth && one.scrollWidth > one.clientWidth + 1 && !one.matches("input,.hidden"))
  .map((one) => one.tagName + "." + one.className)"""


def titles(page: Page) -> list[str]:
    return [str(one) for one in page.locator("#list summary strong").all_text_contents()]


def case(page: Page, title: str) -> Locator:
    named = page.locator("strong", has_text=re.compile(f"^{title}$"))
    return page.locator("#list details", has=named)


def opened(page: Page, title: str) -> Locator:
    found = case(page, title)
    found.locator("summary").click()
    found.locator(".sides").wait_for()  # written when it opens
    return found


def marks(part: Locator) -> list[str]:
    """The marked texts with their numbers."""
    return [str(one).replace("flag ", "^") for one in part.locator("mark").all_text_contents()]


def chip(page: Page, flag: str) -> Locator:
    return page.locator(f"#flags input[value={flag}]")


def test_the_most_dangerous_come_first_and_the_worst_list_has_the_same_order(
    danger: Page,
) -> None:
    assert titles(danger)[:4] == ["side", "miss", "night", "same"]
    assert danger.locator(".worst a").all_text_contents() == titles(danger)[:10]
    first = danger.locator(".worst li").first.text_content()
    assert first is not None
    assert "▲ wrong side The draft says right" in first
    assert "and 2 more flags" in first


def test_a_flag_is_marked_in_both_texts_with_its_sentence(danger: Page) -> None:
    found = opened(danger, "side")

    left, right = found.locator(".sides > section").all()
    draft = right.locator("p").nth(1)
    # Marks overlap: "LEFT pleural effusion" is of one flag, "pleural effusion" of another.
    assert marks(left) == ["LEFT ", "pleural effusion^1,2"]
    assert marks(draft) == ["RIGHT^1", "9.9^3", "effusion^2"]
    assert left.locator("p").inner_text().startswith("\U0001fac1 Moderate LEFT pleural")
    assert right.locator(".remarks li").all_text_contents() == [
        "1 ▲ wrong side The draft says right, the findings only left.",
        "2 ▲ contradicted The draft denies pleural effusion.",
        "3 △ number not in findings </p><img src=x onerror=\"document.title='owned'\">",
    ]
    assert danger.locator("img").count() == 0
    styles = [
        (mark.get_attribute("class") or "", mark.evaluate("m => getComputedStyle(m).borderStyle"))
        for mark in draft.locator("mark").all()
    ]
    # Not by colour alone.
    assert ["double" in border for _, border in styles] == [True, False, True]
    assert ["dashed" in border for _, border in styles] == [False, True, False]


def test_baselines_stand_beside_the_models_and_facts_are_told(danger: Page) -> None:
    found = opened(danger, "side")

    assert found.locator("h3").all_text_contents() == [
        "Findings",
        "Radiologist, abnormal by its facts",
        "fine-tuned (version 2), ROUGE-1 0.9000, clinical F1 0.25, abnormal by its facts",
        "pre-trained (version 1), ROUGE-1 0.5000",
        "baseline-constant, ROUGE-1 0.1000",
    ]
    notes = [str(one) for one in found.locator(".sides .soft").all_text_contents()]
    assert notes == ["Not checked: no flag does not mean no error."]


def test_a_case_without_a_reference_is_shown_for_its_flag(danger: Page) -> None:
    found = opened(danger, "night")

    assert "(no impression received)" in found.inner_text()
    assert found.locator("ins, del").count() == 0
    assert marks(found.locator(".sides > section").first) == ["nodule^1"]


def test_the_word_diff_ignores_case_and_punctuation_and_can_be_hidden(danger: Page) -> None:
    same = opened(danger, "same")
    assert same.locator("ins, del").count() == 0
    assert "no ACUTE cardio pulmonary disease!!" in same.inner_text()
    assert "Checked: no flag." in same.inner_text()

    side = opened(danger, "side")
    assert side.locator("del").first.is_visible()
    danger.locator("#differences").click()
    assert not side.locator("del").first.is_visible()
    assert "Large RIGHT" in side.inner_text()


def test_flags_filter_and_any_of_them_will_do(danger: Page) -> None:
    chip(danger, "omitted").check()
    assert titles(danger) == ["night"]

    chip(danger, "wrong_side").check()
    assert titles(danger) == ["side", "night"]

    danger.locator("#dataset").select_option("hospital")
    assert titles(danger) == ["side"]
    counts = danger.locator("#flags label", has_text="omitted").inner_text()
    assert counts.split() == ["△", "omitted", "0"]

    danger.locator("#clear").click()
    assert danger.locator("#count").text_content() == "64 of 64 cases, 50 shown."
    assert danger.locator("#active").text_content() == ""


def test_models_and_versions_filter(danger: Page) -> None:
    danger.locator("#version").select_option(label="fine-tuned 2")
    assert titles(danger) == ["side"]

    danger.locator("#model").select_option("pre-trained")
    assert titles(danger) == []

    danger.locator("#version").select_option("")
    assert titles(danger) == ["side"]
    assert danger.locator("#active").text_content() == "(1 set)"
    # The flags are those of another model's draft.
    chip(danger, "wrong_side").check()
    assert titles(danger) == []


def test_a_cell_of_normal_and_abnormal_filters_by_click_and_by_keyboard(danger: Page) -> None:
    missed = danger.locator(".cross button[data-report=a][data-draft=n]")
    assert missed.count() == 1
    assert missed.text_content() == (
        "1 missed: fine-tuned, report abnormal, draft normal; show these cases"
    )

    missed.click()
    assert titles(danger) == ["miss"]
    assert missed.get_attribute("aria-pressed") == "true"
    assert danger.locator("#active").text_content() == ("fine-tuned: report abnormal, draft normal")

    danger.keyboard.press("Enter")
    assert len(titles(danger)) == 50
    assert missed.get_attribute("aria-pressed") == "false"

    danger.locator("#dataset").select_option("hospital")
    assert danger.locator(".cross b").all_text_contents() == ["0", "1", "0", "0"]


def test_a_link_opens_its_case_beyond_the_first_page(danger: Page) -> None:
    danger.locator("#more").click()
    last = danger.locator("#list details").last
    title = str(last.locator("strong").text_content())
    last.locator("summary").click()
    last.locator(".sides").wait_for()
    address = str(last.locator(".link a").get_attribute("href"))
    assert re.fullmatch("#case=[0-9a-f]{12}", address)

    danger.goto(danger.url.split("#")[0])
    danger.goto(danger.url + address)

    assert titles(danger)[0] == title
    assert case(danger, title).get_attribute("open") is not None
    assert danger.locator(".linked .note").is_visible()
    danger.locator("#more").click()
    assert titles(danger).count(title) == 1
    assert not danger.locator(".note").first.is_visible()


@pytest.mark.parametrize("width", [1400, 390])
def test_a_page_that_is_opened_at_a_case_shows_its_head(
    browser: Browser, danger_file: Path, danger: Page, width: int
) -> None:
    address = str(danger.locator(".worst a").first.get_attribute("href"))
    context = browser.new_context(viewport={"width": width, "height": 600})
    page = context.new_page()

    page.goto(danger_file.as_uri() + address)
    page.wait_for_timeout(200)  # layout, and the observer of the controls

    below: Any = page.locator("#controls").bounding_box()
    head: Any = case(page, "side").locator("summary").bounding_box()
    context.close()
    assert below["y"] + below["height"] <= head["y"] < 600


def test_a_link_opens_its_case_where_filters_hide_it(danger: Page) -> None:
    danger.locator("#version").select_option(label="fine-tuned 1")
    assert "side" not in titles(danger)

    danger.locator(".worst a").first.click()

    assert titles(danger)[0] == "side"
    assert "▲ wrong side" in case(danger, "side").locator("summary").inner_text()
    note, controls = danger.locator(".linked .note"), danger.locator("#controls")
    below: Any = controls.bounding_box()
    shown: Any = note.bounding_box()
    assert shown["y"] >= below["y"] + below["height"]
    assert case(danger, "side").get_attribute("open") is not None
    focused = danger.evaluate("document.activeElement.closest('li').innerText")
    assert "side" in focused
    danger.locator("#version").select_option("")
    assert titles(danger).count("side") == 1


def test_the_same_link_works_twice_and_an_unknown_one_says_so(danger: Page) -> None:
    link = danger.locator(".worst a").first
    link.click()
    case(danger, "side").locator("summary").click()
    assert case(danger, "side").get_attribute("open") is None

    link.click()
    assert case(danger, "side").get_attribute("open") is not None

    danger.goto(danger.url.split("#")[0] + "#case=000000000000")
    assert danger.locator("#lost").text_content() == "The case of this link is not on this page."


def test_controls_stay_in_sight_and_hide_nothing_that_has_the_focus(danger: Page) -> None:
    for _ in range(30):
        danger.keyboard.press("j")
    for _ in range(9):
        danger.keyboard.press("k")

    controls, focused = danger.evaluate(
        "[document.getElementById('controls'), document.activeElement].map((one) => {"
        " const box = one.getBoundingClientRect(); return [box.top, box.bottom]; })"
    )

    assert controls[0] == pytest.approx(0, abs=1)
    assert focused[0] >= controls[1]


def test_on_a_phone_the_cases_are_one_tap_away(browser: Browser, danger_file: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(danger_file.as_uri())
    jump = page.get_by_role("link", name="Cases", exact=True)
    place: Any = jump.bounding_box()
    assert place["y"] < 100

    jump.tap()

    first: Any = page.locator("#list summary").first.bounding_box()
    assert first["y"] + first["height"] < 844
    opened(page, "side")
    chip_shown = page.locator("#flags").is_visible()
    page.locator("#filters > summary").tap()
    assert (chip_shown, page.locator("#flags").is_visible()) == (False, True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(WIDER) == []
    context.close()


def test_a_page_of_drafts_that_were_not_checked_says_so(page: Page) -> None:
    said = page.locator("#checked").text_content()

    assert said == (
        "These drafts were not checked. That a case shows no flag says nothing about its draft."
    )
    assert page.locator("#flags").is_hidden()
    assert page.locator(".cross").count() == 0


@pytest.mark.parametrize("width", [1400, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(danger: Page, scheme: Literal["light", "dark"], width: int) -> None:
    danger.set_viewport_size({"width": width, "height": 900})
    danger.emulate_media(color_scheme=scheme)
    danger.locator(".cross button").first.click()
    danger.locator(".cross button").first.click()
    opened(danger, "side")
    axe = npm.installed() / "node_modules" / "axe-core" / "axe.min.js"

    # Through the debugger: the page's own policy lets no script in.
    danger.evaluate(axe.read_text(encoding="utf-8"))
    found = danger.evaluate("axe.run()")

    assert [(one["id"], one["impact"], len(one["nodes"])) for one in found["violations"]] == []
