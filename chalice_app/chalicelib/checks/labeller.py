"""From a text to facts: which findings it mentions, and what it says of each.

Rules and a lexicon, no weights: every fact can be traced to its words. Facts are in the order of
the text. The time is linear in the length of the text, whatever the text is.
"""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.checks.changes import changes
from chalicelib.checks.compiled import Lexicon, lexicon
from chalicelib.checks.facts import Fact
from chalicelib.checks.matching import matches
from chalicelib.checks.scopes import statuses
from chalicelib.checks.sides import sides
from chalicelib.checks.sizes import sizes
from chalicelib.checks.words import Sentence, split


def label(text: str, known: Lexicon | None = None) -> list[Fact]:
    """The facts of a text in English; none for a text in which the lexicon knows nothing.

    Args:
        text: findings, an impression or a whole report, of any length.
        known: another lexicon than the project's own.
    """
    compiled = lexicon() if known is None else known
    return [fact for sentence in split(text) for fact in _facts(sentence, compiled)]


def _facts(sentence: Sentence, compiled: Lexicon) -> list[Fact]:
    words = sentence.words
    found = matches(words, compiled)
    if not found:
        return []
    given = statuses(sentence, found)
    placed = sides(sentence, found, given)
    sized = sizes(words, found)
    changed = changes(words, found, given)
    return _without_repetition(
        Fact(
            match.meaning.finding.name,
            status,
            placed[index].side,
            sized[index],
            changed[index],
            (words[match.start].start, words[match.end - 1].end),
            tuple(
                (words[at].start, words[at].end)
                for at in sorted(placed[index].words)
                if not match.start <= at < match.end
            ),
        )
        for index, match in enumerate(found)
        if (status := given[index]) is not None
    )


def _without_repetition(facts: Iterable[Fact]) -> list[Fact]:
    """One sentence's facts, without what says less of a finding than another one of them."""
    kept: list[Fact] = []
    for fact in facts:
        for index, one in enumerate(kept):
            if one.finding == fact.finding and (
                one.side == fact.side or "none" in (one.side, fact.side)
            ):
                if _says(fact) > _says(one):
                    kept[index] = fact
                break
        else:
            kept.append(fact)
    return kept


def _says(fact: Fact) -> tuple[bool, int]:
    given = (fact.side != "none") + (fact.size is not None) + (fact.change is not None)
    return (fact.status == "present", given)
