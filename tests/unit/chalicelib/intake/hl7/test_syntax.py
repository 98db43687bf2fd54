"""The reader against two packages, wherever these can read; where they differ, and why."""

from __future__ import annotations

from collections.abc import Callable

import hl7
import hl7kit
import pytest

from chalicelib.intake.hl7.escapes import unescape, without_controls
from chalicelib.intake.hl7.framing import frame
from chalicelib.intake.hl7.messages import Message, message_of
from chalicelib.intake.hl7.syntax import (
    Separators,
    SyntaxProblemError,
    raw_segments,
    segments_of,
    separators_of,
)
from tests.hl7.building import HEADER
from tests.hl7.cases import CASES, Case

# What python-hl7 0.4.5 does not read as we do.
HL7_DIFFERS = {
    "sees no OBX": {
        "segments end with '\\n'",
        "segments end with '\\r\\n'",
        "segments end with '\\n\\n'",
        "segments end with '\\r\\n\\r\\n'",
        "segments end with '\\n\\r\\n\\n'",
    },
    "raises IndexError": {"segments end with '\\r\\r'", "segments end with '\\r\\r\\n'"},
    "ends the text at a CR": {"CRLF inside a text"},
    "knows commands in small letters only": {"line break in capitals"},
    "marks highlighted words with underscores": {"highlighting"},
    "writes the spaces of indentation": {"indentation"},
    "takes bytes for code points": {"hexadecimal UTF-8", "hexadecimal UTF-8, byte by byte"},
    "takes what was escaped twice for text": {
        "line break escaped twice",
        "line break escaped by half",
        "hexadecimal escaped twice",
        "separator escaped twice",
        "escape character escaped twice",
    },
    "loses text behind a backslash": {
        "lone backslash",
        "backslash at the end",
        "open escape",
        "lone backslash before an escape",
        "path",
        "two backslashes",
        "local escape",
        "unknown escape",
    },
}
# What hl7kit 0.2.0 does not read as we do.
KIT_DIFFERS = {
    "fails on a line that is no segment": {
        "LF inside a text",
        "blank line inside a text",
        "CRLF inside a text",
        "a word MSH inside a text",
        "a word that ends as a name",
        "segments indented by nothing, text by spaces",
    },
    "takes a word for a segment": {"a line of three capitals inside a text"},
    "knows no formatting but the line break": {
        "line break in capitals",
        "highlighting",
        "vertical space",
        "two lines of vertical space",
        "spaces",
        "indentation",
        "filling",
        "centred",
        "back to ASCII",
    },
    "takes hexadecimal for UTF-8, sequence by sequence": {
        "hexadecimal of one digit",
        "hexadecimal code unit",
        "hexadecimal code unit in UTF-8",
        "hexadecimal UTF-8, byte by byte",
        "hexadecimal in the character set of the message",
    },
    "takes what was escaped twice for text": {
        "line break escaped twice",
        "line break escaped by half",
        "hexadecimal escaped twice",
        "separator escaped twice",
        "escape character escaped twice",
    },
    "takes a path for an escape": {"lone backslash before an escape"},
}


def ours(message: Message) -> list[str]:
    """The text of each OBX-5, before the reader looks at repetitions, HTML or documents."""
    return [
        plain(unescape(segment.value(5), message.separators, message.charset))
        for segment in message.segments
        if segment.name == "OBX"
    ]


def of_hl7(text: str) -> list[str]:
    parsed = hl7.parse(text)
    fields = [segment(5) if len(segment) > 5 else "" for segment in parsed.segments("OBX")]
    return [plain(parsed.unescape(str(field))) for field in fields]


def of_hl7kit(text: str) -> list[str]:
    parsed = hl7kit.parse(text.encode())
    count = parsed.segments().count("OBX")
    return [plain(parsed.get(f"OBX[{at}]-5") or "") for at in range(1, count + 1)]


def plain(text: str) -> str:
    return without_controls(text)[0]


def agrees(case: Case, other: Callable[[str], list[str]]) -> bool:
    (found,) = frame([case.message])
    assert found.data is not None
    message = message_of(found.data)
    try:
        read = other(found.data.decode(message.charset))
    except (ValueError, LookupError):
        return False
    return read == ours(message)


@pytest.mark.filterwarnings("ignore:The 'warn' method is deprecated")
@pytest.mark.parametrize(
    ("other", "differs"),
    [(of_hl7, HL7_DIFFERS), (of_hl7kit, KIT_DIFFERS)],
    ids=["hl7", "hl7kit"],
)
def test_other_readers_agree_wherever_they_can_read(
    other: Callable[[str], list[str]], differs: dict[str, set[str]]
) -> None:
    disagreeing = {case.name for case in CASES if not agrees(case, other)}

    assert disagreeing == set().union(*differs.values())


def test_a_raw_segment_has_its_line_ends_and_the_lines_of_its_text() -> None:
    assert raw_segments("MSH|a\r\nOBX|1\n\nmore|\r\rNTE|1", "|") == [
        "MSH|a\r\n",
        "OBX|1\n\nmore|\r\r",
        "NTE|1",
    ]


def test_segments_are_numbered_by_name_and_null_is_empty() -> None:
    first, second = segments_of('OBX|""|b\rOBX|c', Separators())

    assert (first.number, first.value(1), first.value(2), first.value(9)) == (1, "", "b", "")
    assert (second.place(5), second.ended, first.ended) == ("OBX[2]-5", False, True)


def test_the_fields_of_msh_are_counted_from_the_separator() -> None:
    (header,) = segments_of(HEADER, Separators())

    assert (header.value(1), header.value(2), header.value(10)) == ("|", "^~\\&", "MSG1")


@pytest.mark.parametrize("text", ["", "MSH", "MSH ^", "PID|1", "MSHA|", "MSH|^~\\&"])
def test_separators_are_read_from_a_header_only(text: str) -> None:
    if text == "MSH|^~\\&":
        assert separators_of(text) == Separators()
        return
    with pytest.raises(SyntaxProblemError) as raised:
        separators_of(text)
    assert raised.value.place == "MSH"
