"""Checks that compare the facts of findings and draft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.checks import flags, relations
from chalicelib.checks.facts import Fact, Side
from chalicelib.checks.flags import Flag, Span
from chalicelib.checks.lexicon.table import Weight
from chalicelib.checks.reading import Reading, spans, spans_with_sides
from chalicelib.checks.sides import side_words

Facts = Sequence[Fact]

# Names of the same shadow: a draft that denies one of them, and names no other, denies it.
_SYNONYMS = (
    frozenset({"consolidation", "pneumonia", "infiltrate", "airspace disease"}),
    frozenset({"emphysema", "hyperinflation"}),
)


def wrong_side(findings: Facts, draft: Facts) -> Iterator[Flag]:
    """A finding that the draft places on a side where the findings do not have it."""
    for fact in draft:
        if fact.side == "none" or not relations.is_there(fact) or relations.is_normal(fact):
            continue
        there = [one for one in findings if relations.is_there(one)]
        exact = [one for one in relations.of(there, [fact.finding]) if one.side != "none"]
        near = [
            one
            for one in relations.of(there, relations.supporters(fact.finding))
            if one.side != "none"
        ]
        sources = exact if any(one.status == "present" for one in exact) else near
        said, found = relations.sides([fact]), relations.sides(sources)
        # A draft that says "bilateral" may sum up what has several names.
        if not sources or said <= found or (fact.side == "both" and not exact):
            continue
        there_too = " and ".join(sorted(found))
        said_as = "both sides" if fact.side == "both" else f"the {fact.side}"
        sentence = f"The draft has {fact.finding} on {said_as}, the findings on the {there_too}."
        places = spans_with_sides(sources), spans_with_sides([fact])
        yield Flag(flags.WRONG_SIDE, sentence, *places, fact.finding)


def other_side_only(findings: Reading, draft: Reading) -> Iterator[Flag]:
    """The draft names a side that the findings never name, of whatever: "right foot"."""
    ours, theirs = _side_words(draft), _side_words(findings)
    both = [fact for fact in findings.facts if fact.side == "both"]
    for here, there in (("left", "right"), ("right", "left")):
        if here not in ours or here in theirs or there not in theirs:
            continue
        supported = {name for one in both for name in relations.related(one.finding)}
        if any(fact.finding in supported for fact in draft.facts if fact.side != "none"):
            continue
        sentence = f"The draft says {here}, the findings only {there}."
        yield Flag(flags.WRONG_SIDE, sentence, tuple(theirs[there]), tuple(ours[here]))


def _side_words(reading: Reading) -> dict[Side, list[Span]]:
    found: dict[Side, list[Span]] = {}
    for sentence in reading.sentences:
        for index, side in side_words(sentence.words).items():
            word = sentence.words[index]
            found.setdefault(side, []).append((word.start, word.end))
    return found


def contradicted(findings: Facts, draft: Facts) -> Iterator[Flag]:
    """Present in one text, absent in the other."""
    for fact in draft:
        if relations.is_normal(fact):
            yield from _normal_contradicted(findings, fact)
        elif relations.is_there(fact):
            yield from _denied_in_findings(findings, fact)
        else:
            there = [
                one
                for one in relations.of(findings, _names(fact, draft))
                if one.status == "present" and relations.denies(fact, one)
            ]
            # Findings that say both cannot be contradicted by either.
            absent = any(
                one.status == "absent" and one.side in (fact.side, "none")
                for one in relations.of(findings, [fact.finding])
            )
            if there and not absent:
                sentence = f"The draft denies {fact.finding}, the findings have it."
                yield Flag(flags.CONTRADICTED, sentence, spans(there), spans([fact]), fact.finding)


def _names(absent: Fact, draft: Facts) -> frozenset[str]:
    """The names of what a draft denies: synonyms too, unless it mentions something like it."""
    like = relations.of(
        (one for one in draft if relations.is_there(one)), relations.related(absent.finding)
    )
    same = next((names for names in _SYNONYMS if absent.finding in names), frozenset[str]())
    return frozenset({absent.finding}) | (frozenset() if like else same)


def _denied_in_findings(findings: Facts, fact: Fact) -> Iterator[Flag]:
    doubted = fact.status == "uncertain"
    exact = relations.of(findings, [fact.finding])
    if any(
        relations.is_there(one) and relations.may_be_same_side(one.side, fact.side) for one in exact
    ):
        return
    absent = [one for one in exact if relations.denies(one, fact)]
    if (
        not absent
        and not doubted
        and not any(
            relations.is_there(one)
            for one in relations.of(findings, relations.supporters(fact.finding))
        )
    ):
        absent = [
            one
            for one in findings
            if one.status == "present"
            and relations.is_normal(one)
            and fact.finding in relations.denied_by(one.finding)
            and relations.may_be_same_side(one.side, fact.side)
        ]
    if absent:
        sentence = f"The draft has {fact.finding}, the findings deny it."
        yield Flag(flags.CONTRADICTED, sentence, spans(absent), spans([fact]), fact.finding)


def _normal_contradicted(findings: Facts, fact: Fact) -> Iterator[Flag]:
    """A normal statement of the draft, against what the findings have or say themselves."""
    same = relations.of(findings, [fact.finding])
    if fact.status == "present" and not any(one.status == "present" for one in same):
        there = [
            one
            for one in relations.of(findings, relations.denied_by(fact.finding))
            if one.status == "present"
            and relations.weight(one) >= Weight.CHRONIC
            and relations.may_be_same_side(one.side, fact.side)
        ]
        if there:
            names = _listed(there)
            sentence = f"The draft says {fact.finding}, the findings have {names}."
            yield Flag(flags.CONTRADICTED, sentence, spans(there), spans([fact]), fact.finding)
    if fact.status == "absent":
        normal = [one for one in same if one.status == "present"]
        ill = any(_is_acute(one) for one in findings)
        if fact.finding in (relations.NO_ACUTE, relations.NORMAL_CHEST) and not ill:
            normal = normal or [one for one in findings if _is_healthy(one)]
        if normal:
            sentence = f"The draft denies what the findings say: {fact.finding}."
            yield Flag(flags.CONTRADICTED, sentence, spans(normal), spans([fact]), fact.finding)


def _is_acute(fact: Fact) -> bool:
    return relations.is_there(fact) and relations.weight(fact) >= Weight.ACUTE


def _is_healthy(fact: Fact) -> bool:
    return (fact.status == "present") == relations.is_normal(fact)


def unsupported(findings: Facts, draft: Facts) -> Iterator[Flag]:
    """A finding of which the findings text says nothing, and from nothing of which it follows."""
    for fact in draft:
        if fact.finding == relations.NO_ACUTE and fact.status == "absent":
            if not any(_is_acute(one) for one in draft):
                sentence = "The draft says that something is acute, and names nothing that is."
                yield Flag(flags.UNSUPPORTED, sentence, (), spans([fact]), fact.finding)
            continue
        if relations.is_normal(fact) or not relations.is_there(fact):
            continue
        sources = relations.of(findings, relations.supporters(fact.finding))
        if any(relations.is_there(one) for one in sources):
            continue
        if any(relations.denies(one, fact) for one in relations.of(sources, [fact.finding])):
            continue
        sentence = f"The draft has {fact.finding}, the findings do not mention it."
        yield Flag(flags.UNSUPPORTED, sentence, (), spans([fact]), fact.finding)


def omitted(findings: Facts, draft: Facts, least: Weight) -> Iterator[Flag]:
    """A finding that matters and that the draft leaves out; each once."""
    known = {fact.finding for fact in draft if relations.is_there(fact)}
    denied = {fact.finding for fact in draft if fact.status == "absent"}
    told: set[str] = set()
    for fact in findings:
        if fact.status != "present" or relations.weight(fact) < least or fact.finding in told:
            continue
        if known & relations.related(fact.finding) or fact.finding in denied:
            continue
        told.add(fact.finding)
        places = [one for one in relations.of(findings, [fact.finding]) if one.status == "present"]
        sentence = f"The findings have {fact.finding}, the draft leaves it out."
        yield Flag(flags.OMITTED, sentence, spans(places), (), fact.finding)


def normal_draft(findings: Facts, draft: Facts) -> Iterator[Flag]:
    """A draft without any finding, of findings with something acute."""
    if not draft or any(
        relations.is_there(fact) and not relations.is_normal(fact) for fact in draft
    ):
        return
    if any(fact.status == "absent" and relations.is_normal(fact) for fact in draft):
        return
    # "No acute abnormality" leaves room for what is old, "normal chest" does not.
    entirely = any(fact.finding == relations.NORMAL_CHEST for fact in draft)
    least = Weight.CHRONIC if entirely else Weight.ACUTE
    ill = [
        fact
        for fact in findings
        if fact.status == "present"
        and relations.weight(fact) >= least
        and (entirely or fact.change not in ("stable", "better"))
    ]
    if ill:
        sentence = f"The draft is normal, the findings have {_listed(ill)}."
        yield Flag(flags.NORMAL_DRAFT, sentence, spans(ill), spans(draft))


def change_not_in_findings(findings: Facts, draft: Facts, *, compared: bool) -> Iterator[Flag]:
    """A change that the findings do not say, or say otherwise.

    Args:
        findings: the facts of the findings text.
        draft: those of the draft.
        compared: whether the findings compare anything; what they do not mention may be stable.
    """
    for fact in draft:
        if fact.change is None or not relations.is_there(fact) or relations.is_normal(fact):
            continue
        near = [
            one
            for one in relations.of(findings, relations.supporters(fact.finding))
            if relations.may_be_same_side(one.side, fact.side)
        ]
        if not near or any(one.change == fact.change for one in near):
            continue
        otherwise = [one for one in near if one.change is not None and relations.is_there(one)]
        if otherwise:
            said = " and ".join(sorted({str(one.change) for one in otherwise}))
            sentence = f"The draft calls {fact.finding} {fact.change}, the findings {said}."
        elif fact.change == "stable" and compared:
            continue
        else:
            sentence = f"The draft calls {fact.finding} {fact.change}, the findings do not say so."
        sources = otherwise or near
        yield Flag(
            flags.CHANGE_NOT_IN_FINDINGS, sentence, spans(sources), spans([fact]), fact.finding
        )


def _listed(facts: Facts) -> str:
    names = list(dict.fromkeys(fact.finding for fact in facts))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
