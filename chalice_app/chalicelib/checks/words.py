"""A text as sentences of words with their places. Linear in the text's length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from chalicelib.checks.lexicon import cues

# A longer sentence is cut: what belongs together is never so far apart, and scopes stay bounded.
MAX_SENTENCE_WORDS = 120
MAX_HEADING_WORDS = 5
# A line that is shorter ends where its author ended it; a longer one may have been wrapped.
WRAPPED_LINE_CHARACTERS = 55

# "gas" and "pus" are no plurals.
SHORTEST_PLURAL = 3

_TOKEN = re.compile(
    r"(?P<tag></?[A-Za-z][^<>]{0,100}>)|(?P<entity>&[A-Za-z]{2,6};)"
    r"|(?P<word>[^\W\d_]+(?:['\u2019][^\W\d_]+)?\d*)|(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?P<mask>_+)|(?P<line>\n)|(?P<mark>[^\w\s])"
)
_BREAKING_TAG = re.compile(r"</?(?:br|p|li|ul|ol|div|tr|td|h\d)\b", re.IGNORECASE)
_MASK = re.compile(r"[xX]{3,}")
_SPELLINGS = (
    ("oedema", "edema"),
    ("haem", "hem"),
    ("oesoph", "esoph"),
    ("tumour", "tumor"),
    ("calibre", "caliber"),
    ("centre", "center"),
    ("grey", "gray"),
    ("orthopaed", "orthoped"),
)
_UNCHANGED = frozenset(
    {"has", "was", "is", "this", "as", "its", "us", "does", "pus", "gas", "lens"}
)


class Word(NamedTuple):
    """One word.

    Attributes:
        text: in lower case, in American spelling.
        stem: without its plural.
        start: where it begins in the text.
        end: where it ends.
        before: the punctuation between the previous word and this one, such as "," or ":".
    """

    text: str
    stem: str
    start: int
    end: int
    before: str


class Sentence(NamedTuple):
    """The words between two full stops.

    Attributes:
        words: at most MAX_SENTENCE_WORDS.
        heading: how many of its first words are a heading ("PLEURA: …").
        section: the last heading at or before it, in lower case.
        asked: whether a question mark stands before or after it.
    """

    words: tuple[Word, ...]
    heading: int
    section: str
    asked: bool


def stem(word: str) -> str:
    """A word without its plural; words of a lexicon and of texts are compared by it."""
    if len(word) <= SHORTEST_PLURAL or word in _UNCHANGED or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word.removesuffix("s")


def spelled(word: str) -> str:
    """A word in lower case and in American spelling."""
    low = word.lower().replace("\u2019", "'").removesuffix("'s")
    if "oe" in low or "ae" in low or "our" in low or "re" in low:
        for british, american in _SPELLINGS:
            low = low.replace(british, american)
    return low


def split(text: str) -> Iterator[Sentence]:
    """The sentences of a text, in order, without those of sections that describe the request."""
    section = ""
    for words, asked, starts_line in _pieces(text):
        heading = _heading(text, words)
        if heading:
            section = " ".join(word.text for word in words[:heading])
        elif starts_line and section in cues.SKIPPED_SECTIONS:
            section = ""
        if section not in cues.SKIPPED_SECTIONS:
            yield Sentence(tuple(words), heading, section, asked)
        if section in cues.SHORT_SECTIONS:
            section = ""


def _heading(text: str, words: list[Word]) -> int:
    for index, word in enumerate(words[: MAX_HEADING_WORDS + 1]):
        if ":" in word.before:
            return index
    last = words[-1]
    if len(words) <= MAX_HEADING_WORDS and text[last.end : last.end + 1] == ":":
        return len(words)
    return 0


def _pieces(text: str) -> Iterator[tuple[list[Word], bool, bool]]:
    """Sentences: their words, whether they are questions, whether a line begins with them."""
    words: list[Word] = []
    before = ""
    asked = starts_line = False
    line_start = 0
    for token in _TOKEN.finditer(text):
        kind, value = token.lastgroup, token.group()
        if kind in ("word", "number"):
            if _MASK.fullmatch(value):
                continue
            low = spelled(value)
            words.append(Word(low, stem(low), token.start(), token.end(), before))
            before = ""
            ends = len(words) >= MAX_SENTENCE_WORDS
        elif kind == "mark":
            if value == "?" and not words:
                asked = True
                continue
            ends = _ends_sentence(text, token, words)
            asked = asked or (ends and value == "?")
            before = "" if ends else before + value
        elif kind == "line":
            ends = _ends_line(text, line_start, token.start())
            line_start = token.end()
            if not words:
                starts_line = True
        else:
            ends = kind == "tag" and _BREAKING_TAG.match(value) is not None
        if ends and words:
            yield words, asked, starts_line
            words, before, asked, starts_line = [], "", False, kind == "line"
    if words:
        yield words, asked, starts_line


def _ends_sentence(text: str, token: re.Match[str], words: list[Word]) -> bool:
    value = token.group()
    if value in ";!?•|":
        return True
    if value != ".":
        return False
    if words and words[-1].end == token.start() and words[-1].text in cues.ABBREVIATIONS:
        return False
    following = text[token.end() : token.end() + 1]
    return not following or following.isspace() or following.isupper() or following in "<\"')]_*"


def _ends_line(text: str, start: int, end: int) -> bool:
    ahead = text[end + 1 : end + 60].lstrip(" \t\r")
    if not ahead or ahead[0] == "\n" or ahead[0] in "-*•":
        return True
    if ahead[0].islower():
        return False
    first = ahead.split("\n", 1)[0]
    if ":" in first or (ahead[0].isdigit() and first[1:3].startswith((".", ")"))):
        return True
    return end - start < WRAPPED_LINE_CHARACTERS
