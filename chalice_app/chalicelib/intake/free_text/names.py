"""What the words of a heading say: which section it opens, spelt right or nearly."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from chalicelib.intake.free_text import lexicon
from chalicelib.intake.free_text.similarity import edits

Kind = Literal[
    "findings",
    "findings also",
    "impression",
    "impression also",
    "diagnosis",
    "both",
    "other",
    "part",
    "signature",
    "view",
    "body",
    "doubtful",
    "unknown",
]


class Name(NamedTuple):
    """A heading's meaning.

    Attributes:
        kind: what it opens. "body" divides the section that it is in; "doubtful" mentions findings
            or an impression, but perhaps not those of this report.
        section: the name under which its text is kept.
        errors: typing errors; 0 for a name that is known as it is.
    """

    kind: Kind
    section: str
    errors: int = 0


_MASKS = re.compile(r"_{2,}|\bx{4,}\b|\[\*\*[^\]]{0,80}\*\*\]")
_PLURAL = re.compile(r"\(e?s\)")
_NOISE = re.compile(r"[^\w\s'./&#-]|_")
_SPACED = re.compile(r"(?:\w ){3,30}\w")
_SPLIT = re.compile(r"[\s/&]+")
_SHORTEST_FUZZY, _SHORTEST_TWO, _LONGEST_FUZZY = 5, 8, 40
_MOST_WORDS_OF_BOTH = 6
_MOST_WORDS_OF_PART = 12


def _known() -> dict[str, Name]:
    names: dict[str, Name] = {}
    for section, headings in lexicon.OTHERS.items():
        names |= dict.fromkeys(headings.split("|"), Name("other", section))
    names |= {name: Name("part", part) for name, part in lexicon.PARTS.items()}
    for kind, section, known in _CORE:
        names |= dict.fromkeys(known, Name(kind, section))
    return names


_CORE: tuple[tuple[Kind, str, frozenset[str]], ...] = (
    ("diagnosis", "diagnosis", lexicon.DIAGNOSIS),
    ("impression also", "conclusion", lexicon.IMPRESSION_ALSO),
    ("impression", "impression", lexicon.IMPRESSION),
    ("findings also", "report", lexicon.FINDINGS_ALSO),
    ("findings", "findings", lexicon.FINDINGS),
)
KNOWN = _known()
_TELLING = {
    word: Name("other", section)
    for section, words in lexicon.TELLING.items()
    for word in words.split("|")
}
_FINDINGS = lexicon.FINDINGS
_IMPRESSION = lexicon.IMPRESSION | lexicon.IMPRESSION_ALSO
# Words that are as good as no word in the name of a study.
_STUDY = lexicon.VIEWS | lexicon.STUDY_WORDS | lexicon.NEUTRAL
_BESIDE = lexicon.NEUTRAL | lexicon.VIEWS | lexicon.STUDY_WORDS


def normal(heading: str) -> str:
    """A heading in lower case, without masks, brackets and punctuation."""
    text = _NOISE.sub(" ", _PLURAL.sub("s", _MASKS.sub(" ", heading.lower())))
    text = " ".join(text.split()).strip(" .-/&#'")
    return text.replace(" ", "") if _SPACED.fullmatch(text) else text


def classify(heading: str) -> Name:
    """What a heading opens, from its words alone; at most 100 characters are sensible."""
    name = normal(heading)
    if name in KNOWN:
        return KNOWN[name]
    if name.startswith(lexicon.SIGNATURES):
        return Name("signature", "signature")
    words = [word.strip(".'-#") for word in _SPLIT.split(name)]
    return (
        _near(name)
        or _core(words)
        or _part(words)
        or _telling(words)
        or _of_study(heading, words)
        or Name("unknown", name)
    )


def _near(name: str) -> Name | None:
    """The known name that is one or two typing errors away."""
    limit = 1 if len(name) < _SHORTEST_TWO - 2 else 2
    if (
        len(name) < _SHORTEST_FUZZY
        or len(name) > _LONGEST_FUZZY
        or name in lexicon.NEVER
        or name in lexicon.BODY
    ):
        return None
    letters, best = _letters(name), limit + 1
    found: Name | None = None
    near = range(len(name) - limit, len(name) + limit + 1)
    for known, signature in (one for size in near for one in _BY_LENGTH.get(size, ())):
        # An edit changes which letters occur by two at the most.
        if (signature ^ letters).bit_count() > 2 * limit:
            continue
        allowed = limit if len(known) >= _SHORTEST_TWO else 1
        distance = edits(name, known, allowed)
        if distance <= allowed and distance < best:
            best, found = distance, KNOWN[known]._replace(errors=distance)
    return found


def _letters(name: str) -> int:
    mask = 0
    for letter in name:
        mask |= 1 << (ord(letter) & 31)
    return mask


def _by_length() -> dict[int, list[tuple[str, int]]]:
    names: dict[int, list[tuple[str, int]]] = {}
    for name in KNOWN:
        if len(name) >= _SHORTEST_FUZZY:
            names.setdefault(len(name), []).append((name, _letters(name)))
    return names


_BY_LENGTH = _by_length()


def _core(words: list[str]) -> Name | None:  # noqa: PLR0911  # one rule per return
    """FINDINGS and IMPRESSION with other words around them."""
    kinds = [_core_word(word) for word in words]
    has_findings, has_impression = "findings" in kinds, "impression" in kinds
    if not has_findings and not has_impression:
        return None
    rest = {word for word, kind in zip(words, kinds, strict=True) if kind is None}
    if rest & lexicon.ELSEWHERE:
        return Name("other", " ".join(words))
    if has_findings and has_impression:
        clean = len(words) <= _MOST_WORDS_OF_BOTH
        return Name("both" if clean else "doubtful", "findings and impression")
    if has_impression and rest <= lexicon.ADVICE:
        return Name("impression", "impression")
    if rest <= _BESIDE and not rest & lexicon.DEVICES:
        return Name("findings", "findings") if has_findings else Name("impression", "impression")
    if has_findings and rest and rest <= lexicon.FURTHER | lexicon.BODY:
        return Name("body", " ".join(words))
    return Name("doubtful", " ".join(words))


def _part(words: list[str]) -> Name | None:
    """The first line of a part, such as WET READ VERSION #1 or ADDENDUM TO CHEST RADIOGRAPH."""
    if len(words) <= _MOST_WORDS_OF_PART and not lexicon.SENTENCE.intersection(words):
        for count in (3, 2, 1):
            found = KNOWN.get(" ".join(words[:count]))
            if found is not None and found.kind == "part":
                return found
    return None


def _core_word(word: str) -> Kind | None:
    if word in _FINDINGS:
        return "findings"
    if word in _IMPRESSION:
        return "impression"
    if word in lexicon.NEVER or len(word) < len("findings") - 1:
        return None
    if edits(word, "findings", 1) <= 1:
        return "findings"
    return "impression" if edits(word, "impression", 1) <= 1 else None


def _telling(words: list[str]) -> Name | None:
    for word in words:
        if word in _TELLING:
            return _TELLING[word]
    for word in words:
        if len(word) >= _SHORTEST_TWO:
            found = _near(word)
            if found is not None and found.kind == "other":
                return found
    return None


def _of_study(heading: str, words: list[str]) -> Name | None:
    told = set(words)
    if told & lexicon.SENTENCE:
        return None
    views = told & lexicon.VIEWS
    if views and not told & lexicon.DEVICES:
        plain = {word for word in told - _STUDY if not word[:1].isdigit()}
        strong = views - {"chest", "thorax", "lateral", "lat", "single", "x", "i"}
        if not plain or (strong and heading.upper() == heading and not plain & lexicon.BODY):
            return Name("view", "examination")
    if told & (lexicon.BODY | lexicon.DEVICES | lexicon.FURTHER):
        return Name("body", " ".join(words))
    return None
