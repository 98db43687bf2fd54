from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.intake.hl7.escapes import CharacterSetSwitchError, escape, unescape
from chalicelib.intake.hl7.syntax import Separators

USUAL = Separators()
OTHER = Separators("#", "!", "*", "/", "%")
PIECES = st.sampled_from(
    ["\\", "|", "^", "~", "&", "/", "E", "F", "X0D", ".br", ".sp2", "\n", "M24"]
)
TEXT = st.lists(PIECES | st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=4)).map(
    "".join
)


@settings(deadline=None, max_examples=500)
@given(text=TEXT, separators=st.sampled_from([USUAL, OTHER]))
def test_what_is_escaped_reads_as_it_was_and_contains_no_separator(
    text: str, separators: Separators
) -> None:
    written = escape(text, separators)

    assert unescape(written, separators, "utf-8") == text
    for one in (separators.field, separators.component, separators.repetition, "\n"):
        assert one not in written


@settings(deadline=None, max_examples=300)
@given(text=TEXT)
def test_any_text_is_read(text: str) -> None:
    try:
        unescape(text, USUAL, "utf-8")
    except ValueError as error:
        assert isinstance(error, CharacterSetSwitchError) or "X" in text


@pytest.mark.parametrize(
    "text", ["\\", "\\X00", "\\E", "\\E\\.br", "\\.sp", "\\X41\\", "\\E\\X41", "\\E\\E"]
)
def test_time_is_linear(text: str) -> None:
    start = time.process_time()

    unescape(text * (1_000_000 // len(text)), USUAL, "latin-1")

    assert time.process_time() - start < 5
