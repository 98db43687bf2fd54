from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.intake.free_text.rtf import RtfError, text_of_rtf
from chalicelib.intake.free_text.sections import read_sections
from tests.growth import assert_linear

LONG = 1 << 19


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"a\par b\line c", "a\nb\nc"),
        (r"\pard\f0\fs20 {\b FINDINGS:} clear\b0 .", "FINDINGS: clear."),
        ("a\r\nb\nc", "abc"),
        ("a\\\nb", "a\nb"),
        (r"a\tab b\cell c\row d", "a\tb\tc\nd"),
        (r"\{a\} \\ b\~c\_d\-e", r"{a} \ b c-de"),
        (r"Gr\'f6\'dfe \'80", "Größe €"),
        (r"5\u8211?6 \u228\'e4", "5\u20136 ä"),
        (r"\uc0\u8211 a", "\u2013a"),
        (r"\uc2\u8211??a", "\u2013a"),
        (r"{\uc2\u8211??}\u8211?a", "\u2013\u2013a"),
        (r"\u-3913?", "\uf0b7"),
        (r"\u-10179?\u-8704?", "\U0001f600"),
        (
            r"\lquote a\rquote  \ldblquote b\rdblquote \endash\emdash\bullet",
            "\u2018a\u2019 “b”\u2013—•",
        ),
        (r"{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}{\stylesheet{\s0 Normal;}}a", "a"),
        (r"{\*\generator X 1.0;}{\info{\author Y}}{\header h}{\footer f}a", "a"),
        (r"{\pict\pngblip 89504e}a{\v hidden}b\v c\v0 d", "abd"),
        (r"{\pict\bin4 }}}}}a", "a"),
        (r"{\fonttbl{\f0 A;}{\f1\fcharset238 B;}}\f0\'e8 {\f1\'e8}\'e8", "è čè"),
        (r"{\field{\*\fldinst HYPERLINK}{\fldrslt shown}}", "shown"),
        (r"\ansicpg1251\'c4", "Д"),
        (r"\ansicpg932\'82\'a0", "あ"),
        (r"\ansicpg65001\'c3\'a4", "ä"),
        (r"\mac\'8a", "ä"),
    ],
)
def test_rtf_is_read_as_text(body: str, text: str) -> None:
    assert text_of_rtf(rf"{{\rtf1\ansi\ansicpg1252\deff0 {body}}}") == text


def test_a_document_of_a_word_processor_gives_its_sections() -> None:
    document = (
        "{\\rtf1\\ansi\\ansicpg1252\\deff0\\nouicompat{\\fonttbl{\\f0\\fnil\\fcharset0 Arial;}}\r\n"
        "{\\*\\generator Riched20 10.0}\\viewkind4\\uc1 \r\n"
        "\\pard\\sa200\\sl276\\slmult1\\b\\f0\\fs22\\lang9 FINDINGS:\\b0\\par\r\n"
        "The lungs are clear.\\par\r\n\\par\r\n\\b IMPRESSION:\\b0\\par\r\nNormal.\\par\r\n}\r\n\0"
    )

    assert read_sections(text_of_rtf(document))[:2] == ("The lungs are clear.", "Normal.")


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("", "is not RTF"),
        ("FINDINGS: x", "is not RTF"),
        ("{\\rt f}", "is not RTF"),
        ("{\\rtf1 a", "ends before its last group"),
        ("{\\rtf1 {a}", "ends before its last group"),
        ("{\\rtf1 a\\", "ends in a lone backslash"),
        ("{\\rtf1\\ansicpg99999 a}", "code page 99999, which is not known"),
        ("{\\rtf1 \\'81}", "contains .'81, which cp1252 does not define"),
        ("{\\rtf1 \\u-10179?}", "half a character"),
        ("{\\rtf1 \\u9999999?}", "which does not exist"),
    ],
)
def test_what_is_not_certain_is_refused_by_name(document: str, problem: str) -> None:
    with pytest.raises(RtfError, match=problem):
        text_of_rtf(document)


@given(
    st.lists(
        st.sampled_from(
            [
                *("{", "}", "\\", "\\par ", "\\'e4", "\\'", "\\u8211?", "\\u-1", "\\uc3", "\\*"),
                *("\\fonttbl", "\\f1", "\\fcharset128", "\\bin2 ", "\\v", "\\ansicpg", "a", "\n"),
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_any_document_is_read_or_refused(body: str) -> None:
    with suppress(RtfError):
        assert isinstance(text_of_rtf("{\\rtf1 " + body + "}"), str)


HARD: dict[str, Callable[[int], str]] = {
    "nested": lambda n: "{" * (n // 2) + "}" * (n // 2),
    "backslashes": lambda n: "\\" * n,
    "words": lambda n: "\\par" * (n // 4),
    "bytes": lambda n: "\\'e4" * (n // 4),
    "numbers": lambda n: "\\u8211?" * (n // 7),
    "digits": lambda n: "\\u" + "1" * n,
}


@pytest.mark.parametrize("body", HARD.values(), ids=HARD.keys())
def test_time_grows_with_the_length_only(body: Callable[[int], str]) -> None:
    def work(size: int) -> None:
        with suppress(RtfError):
            text_of_rtf("{\\rtf1 " + body(size) + "}")

    assert_linear(work, LONG)
