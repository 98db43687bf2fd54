"""How a text says that its findings changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from chalicelib.checks.compiled import cue_words, texts
from chalicelib.checks.facts import Change, Status
from chalicelib.checks.matching import Match
from chalicelib.checks.sizes import REACH, STOPS, VERBS, is_adjective
from chalicelib.checks.words import Word

# These name what changes after them: "decrease in the right effusion".
_PREDICATES = frozenset({"persists", "persist", "remains", "remain", "has", "have"})
_FORWARD = ("in", "of")


def changes(
    words: Sequence[Word], matches: Sequence[Match], given: Sequence[Status | None]
) -> list[Change | None]:
    """How each match changed."""
    covered = {index for match in matches for index in match.indexes}
    keys = texts(words)
    found: list[Change | None] = [None] * len(matches)
    at = 0
    while at < len(keys):
        end, named = (at, []) if at in covered else cue_words().changes.longest(keys, at)
        comparison = keys[end : end + 1] == ["on"] and "worse" in named  # "worse on the left"
        if end > at and not comparison and not _denied(keys, at):
            for owner in _owners(words, matches, at, end):
                if found[owner] is None:
                    found[owner] = cast("Change", named[-1])
        at = max(end, at + 1)
    return [
        None if status == "absent" and change not in ("better", "new") else change
        for status, change in zip(given, found, strict=True)
    ]


def _denied(keys: Sequence[str], at: int) -> bool:
    """Whether a change is denied, as in "without increase": neither that nor another is said."""
    return (
        keys[at] not in ("no", "not")
        and any(word in ("no", "without") for word in keys[max(0, at - 2) : at])
        and keys[at] not in ("new", "significant")
    )


def _owners(words: Sequence[Word], matches: Sequence[Match], start: int, end: int) -> list[int]:
    """The matches that a word of change is said of: the next one in its phrase, or those before."""
    ahead = next((index for index, match in enumerate(matches) if match.start >= end), None)
    behind = [index for index, match in enumerate(matches) if match.end <= start]
    # "The cardiac silhouette remains enlarged": between the words of its finding.
    around = [
        index for index, match in enumerate(matches) if match.start < start and end < match.end
    ]
    if around:
        return around[:1]
    noun = words[end - 1].text in _FORWARD
    if ahead is not None and not (behind and words[start].text in _PREDICATES):
        between = words[end : matches[ahead].start + 1]
        comma = any("," in word.before for word in between[1:])
        verb = any(word.text in VERBS for word in between[:-1])
        joined = any(word.text in ("and", "or") or word.text in STOPS for word in between[:-1])
        predicate = bool(behind) and start > 0 and words[start - 1].text in VERBS
        adjective = not comma and not verb and not joined and not predicate
        listed = comma and all(is_adjective(word) for word in between[:-1])
        if len(between) <= REACH + 4 and (noun or adjective or listed):
            return [ahead]
    if not behind:
        return []
    last = behind[-1]
    both = start > 0 and words[start - 1].text in ("both", "all")
    owners = [last]
    for index in reversed(behind[:-1]):
        texts_between = [word.text for word in words[matches[index].end : matches[index + 1].start]]
        plural = any(word.text in ("are", "have") for word in words[matches[last].end : start])
        joined = plural and all(text in ("and", "or") for text in texts_between)
        if not (both or joined or set(matches[index].indexes) & set(matches[last].indexes)):
            break
        owners.append(index)
    return owners
