"""One damaged record among good ones: these are read exactly, and it is one failure."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import FileRejectedError
from chalicelib.intake.json_text.framing import detect_form, frame

# How records are written: indent, before, between and after them, indent of all lines.
LAYOUTS: dict[str, tuple[int | None, str, str, str, int]] = {
    "lines": (None, "", "\n", "", 0),
    "lines with CRLF": (None, "", "\r\n", "\r\n", 0),
    "commas at line ends": (None, "", ",\n", ",\n", 0),
    "BOM at each seam": (None, "", "\n\ufeff", "", 0),
    "pretty": (2, "", "\n", "\n", 0),
    "array, a line each": (None, "[\n", ",\n", "\n]\n", 0),
    "array, a line each after the bracket": (None, "[", ",\n ", "]", 0),
    "array, pretty": (2, "[\n", ",\n", "\n]", 2),
    "glued": (None, "", "", "", 0),
    "glued, pretty": (2, "", "", "", 0),
    "array in one line": (None, "[", ", ", "]", 0),
    "array, pretty, no line between": (2, "[", ", ", "]", 0),
    "wrapped": (None, '{"count": 3, "records": [', ",\n", '], "next": null}', 0),
}
# Where no line end tells records apart, text between two of them belongs to neither.
LINES = list(LAYOUTS)[:8]
OTHERS = list(LAYOUTS)[8:]


def _unclosed(text: str) -> str:
    found = re.search(r'"Clear\.[^"\\]*(?:\\.[^"\\]*)*', text)
    assert found is not None
    return text[: found.end()] + text[found.end() + 1 :]


DAMAGES: dict[str, Callable[[str], str]] = {
    "raw newline in a string": lambda text: text.replace("Clear. ", "Clear.\n ", 1),
    "raw tab in a string": lambda text: text.replace("Clear. ", "Clear.\t ", 1),
    "string not closed": _unclosed,
    "string not opened": lambda text: text.replace('"Clear.', "Clear.", 1),
    "quotation mark in a string": lambda text: text.replace("Clear.", 'Cl"ear.', 1),
    "brace not closed": lambda text: text[:-1],
    "brace not opened": lambda text: text[1:],
    "brace too many": lambda text: text + "}",
    "list not closed": lambda text: text.replace('"findings"', '"x": [1, 2, "findings"', 1),
    "object not closed": lambda text: text.replace('"findings"', '"x": {"y": 1, "findings"', 1),
    "list closed twice": lambda text: text.replace('"findings"', '"x": [1]], "findings"', 1),
    "comma missing": lambda text: text.replace(",", " ", 1),
    "colon missing": lambda text: text.replace(":", " ", 1),
    "comma too many": lambda text: text[:-1].rstrip() + ",}",
    "NaN": lambda text: text.replace('"findings":', '"x": NaN, "findings":', 1),
    "single quotes": lambda text: text.replace('"findings":', "'findings':", 1),
    "comment": lambda text: text[:-1] + "/* it's a comment */}",
    "escape": lambda text: text.replace("Clear.", "Cl\\x", 1),
    "text after it": lambda text: text + " oops",
    "text before it": lambda text: "oops " + text,
    "text": lambda _: "oops",
    "BOM inside": lambda text: text.replace('"findings"', '\ufeff"findings"', 1),
}
TEXTS = st.text(st.sampled_from("ab ,:{}[]\"\\\n'é/#"), max_size=10)
IMAGES = st.fixed_dictionaries({"view": st.sampled_from(["PA", "LL"]), "note": TEXTS})
FIELDS = ("report_id", "findings", "impression", "age", "images", "site")


@st.composite
def records(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Records as one system writes them: with the same first key."""
    found = st.fixed_dictionaries(
        {
            "report_id": st.integers(0, 999).map(str),
            "findings": TEXTS.map(lambda text: f"Clear. {text}"),
        },
        optional={
            "impression": TEXTS,
            "age": st.integers(0, 99),
            "images": st.lists(IMAGES, max_size=3),
            "site": st.fixed_dictionaries({"name": TEXTS}),
        },
    )
    first = draw(st.sampled_from(["report_id", "findings"]))
    order = [first, *draw(st.permutations([name for name in FIELDS if name != first]))]
    several = draw(st.lists(found, min_size=2, max_size=5))
    return [{name: one[name] for name in order if name in one} for one in several]


def written(one: dict[str, Any], layout: str) -> str:
    indent, *_, margin = LAYOUTS[layout]
    return json.dumps(one, indent=indent, ensure_ascii=False).replace("\n", "\n" + " " * margin)


def framed(texts: list[str], layout: str) -> list[Any]:
    """The values of the frames; None for one that is not valid."""
    _, before, between, after, margin = LAYOUTS[layout]
    text = (before + between.join(" " * margin + one for one in texts) + after).encode()
    form = detect_form(text)
    assert form is not None
    values: list[Any] = []
    for found in frame([text], form):
        try:
            values.append(json.loads(found.data or b""))
        except ValueError:
            values.append(None)
    return values


@settings(deadline=None, max_examples=300)
@given(layout=st.sampled_from(list(LAYOUTS)), several=records())
def test_good_records_are_read_in_every_layout(layout: str, several: list[dict[str, Any]]) -> None:
    assert framed([written(one, layout) for one in several], layout) == several


@pytest.mark.parametrize("damage", DAMAGES)
@settings(deadline=None, max_examples=60)
@given(layout=st.sampled_from(LINES), several=records(), place=st.integers(0, 4))
def test_a_damaged_record_costs_only_itself(
    layout: str, damage: str, several: list[dict[str, Any]], place: int
) -> None:
    place %= len(several)
    texts = [written(one, layout) for one in several]
    texts[place] = DAMAGES[damage](texts[place])

    values = framed(texts, layout)

    assert len(values) == len(several)
    assert values[:place] + values[place + 1 :] == several[:place] + several[place + 1 :]


@pytest.mark.parametrize("damage", DAMAGES)
@settings(deadline=None, max_examples=40)
@given(layout=st.sampled_from(OTHERS), several=records(), place=st.integers(1, 4))
def test_without_lines_a_damaged_record_costs_no_good_one(
    layout: str, damage: str, several: list[dict[str, Any]], place: int
) -> None:
    several = [*several, several[0]]
    place = max(1, place % (len(several) - 1))
    texts = [written(one, layout) for one in several]
    texts[place] = DAMAGES[damage](texts[place])

    values = framed(texts, layout)

    read = [value for value in values if value is not None]
    good = several[:place] + several[place + 1 :]
    assert len(values) - len(read) <= 1
    # The damaged one may be accepted, and the text beside it be the failure.
    assert read == good or read[:place] + read[place + 1 :] == good


@settings(deadline=None, max_examples=200)
@given(
    layout=st.sampled_from(LINES),
    several=records(),
    place=st.integers(0, 4),
    end=st.integers(1, 400),
)
def test_a_record_cut_anywhere_costs_only_itself(
    layout: str, several: list[dict[str, Any]], place: int, end: int
) -> None:
    place %= len(several)
    texts = [written(one, layout) for one in several]
    texts[place] = texts[place][: end % (len(texts[place]) - 1) + 1]

    values = framed(texts, layout)

    assert len(values) == len(several)
    assert values[:place] + values[place + 1 :] == several[:place] + several[place + 1 :]


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ('// exported today\n{\n  "a": 1,\n  "b": [\n    2\n  ]\n}\n', 2),
        ('2026-01-02 12:00:00,123 INFO "done" {"n": 1}\n{\n  "a": 1\n}\n', 2),
        ('{"a": 1}\noops\n{"a": 2}\n', 3),
        ('{"a": 1}oops{"a": 2}', 3),
        ('{"a": 1}\n17\n"text"\nnull\n[1, 2]\n{"a": 2}', 6),
        ('[1, "a]", null, [2, [3]], {}]', 5),
        ('[{"a": 1}]\n[{"a": 2}, {"a": 3}]\n', 3),
        ('{"images": [\n{"id": 1},\n{"id": 2}\n], "findings": "x"}', 1),
        ('{"id": 1, "images": [{"id": 2}, {"id": 3}], "x": "open}\n{"id": 4}', 2),
    ],
)
def test_what_is_there_is_counted(text: str, records: int) -> None:
    form = detect_form(text.encode())
    assert form is not None

    assert len(list(frame([text.encode()], form))) == records


def test_damage_before_lines_that_cannot_be_told_apart_rejects_the_file() -> None:
    text = b'{"a": [1,\n' + b'{"a": 2},\n' * 50
    with pytest.raises(FileRejectedError, match="records cannot be separated after record 0"):
        list(frame([text], "lines", longest=100))

    assert len(list(frame([text], "lines"))) == 51


HOSTILE = [
    b'{"a":[1,\n',
    b'{"a":[1,',
    b'{"a":',
    b"[",
    b"{",
    b'"\n',
    b"oops\n",
    b'oops{"a":1}',
    b'oops{"report_id" ',
    b"}",
    b",",
    b"\n",
    b" ",
    b"\\",
    b'{"report_id":"x","findings":\n',
    b'{"report_id":"x","findings":"abc},',
    b'[{"a":',
    b"\n      {",
    b'{"records":[{"a":1}],"n":2}',
    b'{"records":[',
    b"\xef\xbb\xbf",
]


@pytest.mark.parametrize("pattern", HOSTILE)
def test_time_is_linear_on_hostile_text(pattern: bytes) -> None:
    def seconds(size: int) -> float:
        text = pattern * (size // len(pattern))
        pieces = [text[at : at + (1 << 14)] for at in range(0, len(text), 1 << 14)]
        form = "wrapped" if pattern.startswith(b'{"records"') else "lines"
        begun = time.process_time()
        try:
            for _ in frame(pieces, form, longest=1 << 17):  # type: ignore[arg-type]  # a str
                pass
        except FileRejectedError:
            pass
        return time.process_time() - begun

    # Eight times the text takes eight times as long; quadratic would be 64 times.
    assert seconds(1 << 19) < 24 * max(seconds(1 << 16), 0.01)
