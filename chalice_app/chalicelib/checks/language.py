"""Whether the rules may be applied to a text: they know English, and how long reports are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.checks.facts import Fact
from chalicelib.checks.lexicon.table import words as listed_words

# More facts than that are no report, or a lexicon with an entry that matches everything.
MAX_FACTS = 500
MAX_CHARACTERS = 100_000
# Beyond this share of letters outside ASCII a text is not English, whatever its words.
MAX_FOREIGN_LETTERS = 0.1

_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = listed_words(
    "the an is are was were of with without and or there not seen from to on at for be has have"
    " which this that by as but may could likely than left right within small new evidence"
    " question increased decreased"
)
# Function words and sides of other languages, without what English reports write too ("in", "LA").
_FOREIGN = listed_words(
    "der das und kein keine keinen keiner mit ohne nicht ist dem den eine einer ein"
    " beidseits links rechts rechten linken rechte linke auf bei zum zur sind wird von"
    " unauffällig el los las sin con del izquierdo izquierda derecho derecha observa hay una"
    " por normales les pas avec droite droit gauche est une senza destra sinistra destro"
    " sinistro nella della sem com não direita esquerda esquerdo direito uden inga ingen och"
    " utan höger vänster het een geen zonder oraz nie bez sobre dans aux sur"
)


def has_words(text: str) -> bool:
    """Whether a text has any word; a draft may consist of punctuation only."""
    return _WORD.search(text) is not None


def reason_not_to_check(text: str) -> str | None:
    """Why a text cannot be checked, in words that follow "because"; None if it can be."""
    if len(text) > MAX_CHARACTERS:
        return f"is longer than {MAX_CHARACTERS} characters"
    words = _WORD.findall(text)
    if not words:
        return "has no words"
    letters = sum(map(len, words))
    foreign = sum(not letter.isascii() for word in words for letter in word)
    if foreign > letters * MAX_FOREIGN_LETTERS:
        return "is not in English"
    low = [word.lower() for word in words]
    english = sum(word in _ENGLISH for word in low)
    other = sum(word in _FOREIGN for word in low)
    if other > english or (other and not english):
        return "is not in English"
    return None


def reason_not_to_compare(facts: Sequence[Fact]) -> str | None:
    """Why the facts of a text cannot be compared; None if they can be."""
    if not facts:
        return "names nothing that the lexicon knows"
    if len(facts) > MAX_FACTS:
        return f"names more than {MAX_FACTS} findings"
    return None
