"""Turns sentence templates into text: slots, capitals, spelling, masks and section styles."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from training.synthetic.houses import Form
from training.synthetic.report import Region

_BRITISH: tuple[tuple[str, str], ...] = (
    ("edema", "oedema"),
    ("esophagus", "oesophagus"),
    ("visualized", "visualised"),
    ("hiatal hernia", "hiatus hernia"),
    ("cephalization", "cephalisation"),
    ("airspace", "air space"),
    ("caliber", "calibre"),
    ("jewelry", "jewellery"),
    ("distention", "distension"),
)

_HEADS: Mapping[Region, str] = {
    "devices": "LINES/TUBES",
    "lungs": "LUNGS",
    "pleura": "PLEURA",
    "heart": "HEART",
    "mediastinum": "MEDIASTINUM",
    "bones": "BONES",
    "abdomen": "UPPER ABDOMEN",
}

# Words that do not matter for the impression, so that masking them loses nothing.
_MASKABLE = frozenset({"contours", "silhouette", "structures", "radiograph", "view", "views"})

_KEEPS_CAPITAL = re.compile(r"[A-Z]{2}|[A-Z]\d")


def fill(core: str, slots: Mapping[str, str]) -> str:
    """Insert the slot values literally and close the gaps left by empty values."""
    for name, value in slots.items():
        core = core.replace("{" + name + "}", value)
    return " ".join(core.split())


def capital(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The text with its first letter in lower case, unless it starts with an abbreviation."""
    if _KEEPS_CAPITAL.match(text):
        return text
    return text[:1].lower() + text[1:]


def sentence(core: str) -> str:
    """The text as a sentence with a full stop."""
    return capital(core) + "."


def spell(text: str, *, british: bool) -> str:
    """The text, which is American English in the tables, in the house's spelling."""
    if british:
        for american, other in _BRITISH:
            text = text.replace(american, other).replace(capital(american), capital(other))
    return text


def listing(words: Sequence[str], *, oxford: bool) -> str:
    """`a`, `a or b`, `a, b or c`; `oxford` adds a comma before `or`."""
    if len(words) == 1:
        return words[0]
    comma = "," if oxford and len(words) > 2 else ""  # noqa: PLR2004  # a list of two has none
    return f"{', '.join(words[:-1])}{comma} or {words[-1]}"


def mask(rng: random.Random, text: str) -> str:
    """Replace one unimportant word, if there is one, with a de-identified corpus's mask."""
    words = text.split(" ")
    spots = [i for i, word in enumerate(words) if word.strip(".,").lower() in _MASKABLE]
    if not spots:
        return text
    spot = rng.choice(spots)
    bare = words[spot].strip(".,")
    words[spot] = words[spot].replace(bare, rng.choice(("XXXX", "____")))
    return " ".join(words)


def lay_out(head: Sequence[str], body: Sequence[tuple[Region, str]], form: Form) -> str:
    """Join the opening sentences and the sentences of each region in the section style."""
    if form == "prose":
        return " ".join([*head, *(text for _, text in body)])
    if form == "lines":
        return "\n".join([*head, *(text for _, text in body)])
    if form == "numbered":
        numbered = [f"{i}. {text}" for i, (_, text) in enumerate(body, start=1)]
        return "\n".join([*head, *numbered])
    groups: dict[Region, list[str]] = {}
    for region, text in body:
        groups.setdefault(region, []).append(text)
    headed = [f"{_HEADS[region]}: {' '.join(texts)}" for region, texts in groups.items()]
    return "\n".join([*head, *headed])
