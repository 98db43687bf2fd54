from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.intake.free_text.markup import text_of_html, without_tags
from tests.growth import assert_linear

LONG = 1 << 19


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ("", ""),
        ("Plain\n  text", "Plain text"),
        ("a<br>b<br/>c<BR />d", "a\nb\nc\nd"),
        ("<p>a</p><p class='x'>b</p>", "a\n\nb"),
        ("<div>a</div><div>b</div>c", "a\n\nb\nc"),
        ("<b>FINDINGS</b>: <i>a</i> b", "FINDINGS: a b"),
        ("<h2>Findings</h2>Clear.", "Findings\n\nClear."),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\n\nc"),
        (
            "&lt;5&nbsp;mm &amp; gr&ouml;&#223;er &#x2013; &unknown;",
            "<5 mm & größer \u2013 &unknown;",
        ),
        ("a < b, <5 mm, c > d", "a < b, <5 mm, c > d"),
        ("<a title='x > y' href=\"z>\">b</a>", "b"),
        ("<script>if (a<b) x()</script>a<style>p{}</style>b<!-- <p> -->c", "abc"),
        ("<head><title>x</title></head><body>a</body>", "a"),
        ("<?xml version='1.0'?><!DOCTYPE html><html>a</html>", "a"),
        ('<div xmlns="http://www.w3.org/1999/xhtml"><p>a</p></div>', "a"),
        ("<x:p>a</x:p>", "a"),
        ("a<![CDATA[b]]>", "a"),
        ("a<!-- open", "a"),
        ("a<p", "a<p"),
        ("a<script>b", "a"),
        ("a<p title='b>c", "a\n\nc"),
        ("<SCRIPT>a</Script >b", "b"),
    ],
)
def test_html_is_read_as_a_browser_shows_it(document: str, text: str) -> None:
    assert text_of_html(document) == text


@pytest.mark.parametrize(
    ("stray", "text"),
    [
        ("a < b and <5 mm &lt; c", "a < b and <5 mm &lt; c"),
        ("a <base of the lung> b", "a <base of the lung> b"),
        ("a<br/>b\nc", "a\nb\nc"),
        ("<b>a</b> &lt; <5", "a < <5"),
        ("<!DOCTYPE html>\n<p>a\nb</p>", "a b"),
    ],
)
def test_stray_tags_leave_the_lines_of_a_plain_text(stray: str, text: str) -> None:
    assert without_tags(stray) == text


@given(st.text("<>/!-?&;\"' abps\n\t", max_size=60))
def test_any_markup_is_read(document: str) -> None:
    assert "\n\n\n" not in text_of_html(document)
    without_tags(document)


HARD: dict[str, Callable[[int], str]] = {
    "nested": lambda n: "<div>" * (n // 5),
    "comments": lambda n: "<!--" * (n // 4),
    "closed comments": lambda n: "<!-->" * (n // 5),
    "open tags": lambda n: "<a " * (n // 3) + ">",
    "quotes": lambda n: '<a ">" ' * (n // 7),
    "mixed quotes": lambda n: "<a \"'>" * (n // 6),
    "scripts": lambda n: "<script>" + "</script " * (n // 9),
    "open scripts": lambda n: "<script></script" * (n // 16) + ">",
    "less-than signs": lambda n: "<" * n + ">",
    "ampersands": lambda n: "&abcdefgh" * (n // 9),
    "declarations": lambda n: "<!" * (n // 2),
}


@pytest.mark.parametrize("document", HARD.values(), ids=HARD.keys())
def test_time_grows_with_the_length_only(document: Callable[[int], str]) -> None:
    def work(size: int) -> None:
        text = document(size)
        text_of_html(text)
        without_tags(text)

    assert_linear(work, LONG)
