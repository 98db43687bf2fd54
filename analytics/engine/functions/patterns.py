r"""Functions of regular expressions: RE2's here, Joni's (Java's syntax) on Athena.

Only a literal pattern is translated, because it must be read: what the two engines take
differently is written out (classes know all letters on Athena) or refused (what RE2 lacks). A `$`
matches before a final line break on Athena only, and `\b` knows letters beyond ASCII there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from analytics.engine.functions.model import Function, Typed, scalar
from analytics.errors import UntranslatableError

_CLASSES = {
    "d": r"\p{Nd}",
    "w": r"\p{L}\p{M}\p{N}\p{Pc}",
    "s": r"\t\n\v\f\r\x{85}\p{Z}",
}
_REFUSED = set("GhHRvVXZzkCpPN")
_LOOK = re.compile(r"\(\?(?:[=!>]|<[=!])")


def _elsewhere(what: str) -> UntranslatableError:
    return UntranslatableError(f"{what} runs on Athena only")


def literal(argument: Typed) -> str:
    """The text of a pattern or format, which must be a literal; raises UntranslatableError."""
    if argument.text is None:
        raise _elsewhere("a regular expression that is not a literal")
    return argument.text


def translated(pattern: str) -> str:
    """The pattern for RE2; raises UntranslatableError for what it lacks or takes differently."""
    if _LOOK.search(pattern) or "&&" in pattern or "[:" in pattern:
        raise _elsewhere("a regular expression with lookaround, atomic groups or class operators")
    if re.search(r"[*+?}]\+", pattern):
        raise _elsewhere("a regular expression with possessive quantifiers")
    out, place, inside = "", 0, False
    while place < len(pattern):
        char = pattern[place]
        if char == "\\" and place + 1 < len(pattern):
            out += _escape(pattern[place + 1], inside=inside)
            place += 2
            continue
        if char == "[" and inside:
            raise _elsewhere("a regular expression with a class inside a class")
        if char in "[]" and (char == "[") != inside:
            inside = char == "["
        out += char
        place += 1
    return out


def _escape(char: str, *, inside: bool) -> str:
    low = char.lower()
    if low in _CLASSES:
        if char.islower():
            return _CLASSES[low] if inside else f"[{_CLASSES[low]}]"
        if inside:
            raise _elsewhere(f"\\{char} in a class of a regular expression")
        return f"[^{_CLASSES[low]}]"
    if char in _REFUSED or (char.isdigit() and char != "0") or char == "0":
        raise _elsewhere(f"\\{char} in a regular expression")
    return "\\" + char


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _guarded(subject: str, pattern: str, sql: str) -> str:
    """`sql`, unless the subject has what the two engines take differently."""
    whens = ""
    if re.search(r"(?<!\\)(?:\\\\)*\$", pattern):
        whens += f"WHEN ends_with({subject}, chr(10)) THEN ELSEWHERE[$ before a final line break] "
    if re.search(r"(?<!\\)(?:\\\\)*\\[bB]", pattern):
        letters = f"regexp_replace({subject}, '[\\x00-\\x7F]+', '', 'g')"
        whens += (
            f"WHEN regexp_matches({letters}, '[\\p{{L}}\\p{{M}}\\p{{N}}\\p{{Pc}}]') "
            "THEN ELSEWHERE[\\b in text with letters beyond ASCII] "
        )
    return f"CASE {whens}ELSE {sql} END" if whens else sql


def _with(template: str, *, whole: bool = True) -> Callable[[Sequence[Typed]], str]:
    """SQL in which {p} is the pattern; `whole`: every match counts, so none may be empty."""

    def made(args: Sequence[Typed]) -> str:
        pattern = literal(args[1])
        re2 = translated(pattern)
        if whole:
            _no_empty(re2)
        parts = {str(place): one.sql for place, one in enumerate(args)}
        sql = template.replace("{p}", _quoted(re2)).replace("{raw}", re2.replace("'", "''"))
        for name, part in parts.items():
            sql = sql.replace("{" + name + "}", part)
        return _guarded(args[0].sql, pattern, sql)

    return made


def _no_empty(re2: str) -> None:
    if _compiled(re2).search("") is not None:
        raise _elsewhere("a regular expression that matches the empty text")


def _compiled(re2: str) -> re.Pattern[str]:
    """Python's reading of the pattern, good for its groups and for whether it may be empty."""
    simple = re.sub(r"\\p\{\w+\}", "a", re2).replace(r"\x{85}", "a")
    try:
        return re.compile(simple)
    except re.error:
        raise _elsewhere("this regular expression") from None


def _extract(template: str) -> Callable[[Sequence[Typed]], str]:
    def made(args: Sequence[Typed]) -> str:
        pattern = literal(args[1])
        if len(args) > 2 and re.search(r"\)(?:[?*]|\{0)|\|", pattern):  # noqa: PLR2004  # the group
            # RE2's functions here say '' of a group that took no part, Athena null.
            raise _elsewhere("regexp_extract of a group that may take no part in the match")
        if len(args) > 2:  # noqa: PLR2004  # the group
            beyond = _beyond(args[2].sql, translated(pattern))
            if beyond:
                return f"CASE WHEN true THEN FAIL[{beyond}] END"
        return _with(template, whole="_all" in template)(args)

    return made


def _beyond(sql: str, re2: str) -> str:
    """Athena's error if the pattern has no such group."""
    number = re.search(r"(\d+)::INTEGER", sql)
    if number is None or "-" in sql:
        raise _elsewhere("regexp_extract of a group that is not a literal")
    groups = _compiled(re2).groups
    if int(number[1]) <= groups:
        return ""
    message = f"Pattern has {groups} groups. Cannot access group {number[1]}"
    return f"INVALID_FUNCTION_ARGUMENT: {message}"


def _replace(args: Sequence[Typed]) -> str:
    to = args[2].text if len(args) > 2 else ""  # noqa: PLR2004  # the replacement
    if to is None:
        raise _elsewhere("regexp_replace with a replacement that is not a literal")
    if "\\" in to or "${" in to:
        raise _elsewhere("regexp_replace with an escaped or named group")
    groups = re.sub(r"\$(\d)", r"\\\1", to)
    return _with(f"regexp_replace({{0}}, {{p}}, {_quoted(groups)}, 'g')")(args[:2])


FUNCTIONS: tuple[Function, ...] = (
    scalar(
        "regexp_like(varchar, varchar) -> boolean",
        _with("regexp_matches({0}, {p})", whole=False),
        "Literal pattern; a part suffices",
    ),
    scalar(
        "regexp_extract(varchar, varchar) -> varchar",
        _extract("CASE WHEN regexp_matches({0}, {p}) THEN regexp_extract({0}, {p}) END"),
        "Literal pattern; null without a match",
    ),
    scalar(
        "regexp_extract(varchar, varchar, bigint) -> varchar",
        _extract(
            "CASE WHEN regexp_matches({0}, {p}) THEN regexp_extract({0}, {p}, {2}::INTEGER) END"
        ),
        "Literal pattern; a group that always takes part",
    ),
    scalar(
        "regexp_extract_all(varchar, varchar) -> array(varchar)",
        _extract("regexp_extract_all({0}, {p})"),
        "Literal pattern without empty matches",
    ),
    scalar(
        "regexp_extract_all(varchar, varchar, bigint) -> array(varchar)",
        _extract("regexp_extract_all({0}, {p}, {2}::INTEGER)"),
        "Literal pattern without empty matches",
    ),
    scalar("regexp_replace(varchar, varchar) -> varchar", _replace, "Every match; literals"),
    scalar(
        "regexp_replace(varchar, varchar, varchar) -> varchar",
        _replace,
        "Every match; literals; groups as $1",
    ),
    scalar(
        "regexp_count(varchar, varchar) -> bigint",
        _with("len(regexp_extract_all({0}, {p}))"),
        "Literal pattern without empty matches",
    ),
    scalar(
        "regexp_position(varchar, varchar) -> integer",
        _with(
            "CASE WHEN regexp_matches({0}, {p}) THEN "
            "length(regexp_extract({0}, '^((?s:.*?))(?:{raw})', 1)) + 1 "
            "WHEN {0} IS NOT NULL THEN -1 END",
            whole=False,
        ),
        "Literal pattern; -1 without a match",
    ),
    scalar(
        "regexp_split(varchar, varchar) -> array(varchar)",
        _with("string_split_regex({0}, {p})"),
        "Literal pattern without empty matches",
    ),
)
