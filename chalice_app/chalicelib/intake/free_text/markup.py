"""The text of HTML and XHTML, in time linear in its length.

Python's html.parser is not used: unfinished tags and comments take it time that grows with the
square of their number (Python 3.11.7: 54 s for 60 KB of `<a `).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

# Tags that begin a new line, and those that do not; a text with others is no HTML.
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd"),
        *("div", "dl", "dt", "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4"),
        *("h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section"),
        *("table", "tbody", "tfoot", "thead", "title", "tr", "ul"),
    }
)
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
_CELLS = frozenset({"td", "th"})
_DROPPED = frozenset({"script", "style", "head", "template", "svg"})

_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]{0,15}+)(?:[\s/>]|:[^\s>]{0,32})")
_TAG = re.compile(r"""(?:[^<>"']++|"[^"]*+"|'[^']*+')*+>""")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BREAKS = re.compile(
    r"<(?:/?(?:p|div|h[1-6]|ul|ol|li|tr|table|tbody|body|html|pre)|br|hr)(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
_INLINE = re.compile(r"</?(?:b|strong|i|em|u|span|font|td|th)(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
_DOCUMENT = ("<!doctype html", "<html")


def text_of_html(document: str) -> str:
    """The text that a browser would show, without markup.

    Block elements and `<br>` begin new lines, paragraphs and headings are set apart by a blank
    line, entities are decoded, and what is not shown (scripts, styles, comments) is dropped. White
    space is as in a browser, except that a tab stands between the cells of a table.
    """
    kept: list[str] = []
    for piece in _pieces(document):
        if piece in ("\n", "\n\n", "\t"):
            kept.append(piece)
        else:
            kept.append(_SPACE.sub(" ", html.unescape(piece)).replace("\xa0", " "))
    lines = [line.strip() for line in "".join(kept).split("\n")]
    shown = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(shown).strip("\n")


def without_tags(text: str) -> str:
    """A plain text into which some HTML has strayed, such as `<br/>` at the end of each line.

    Its own line ends are kept. A text without tags is returned as it is: `&lt;` and `<5 mm` may be
    meant so.
    """
    if "<" not in text:
        return text
    if text[:200].lstrip().lower().startswith(_DOCUMENT):
        return text_of_html(text)
    plain, breaks = _BREAKS.subn("\n", text)
    plain, inline = _INLINE.subn("", plain)
    return html.unescape(plain) if breaks or inline else text


def _pieces(document: str) -> Iterator[str]:
    """The texts between the tags, and the line breaks that the tags make."""
    place, last_end = 0, document.rfind(">")
    while True:
        at = document.find("<", place)
        comment = at >= 0 and document.startswith("<!--", at)
        if at < 0 or (at > last_end and not comment):
            yield document[place:]
            return
        yield document[place:at]
        if comment:
            place = _after(document, "-->", at + 4)
            continue
        if document.startswith(("<!", "<?"), at):
            place = _after(document, ">", at)
            continue
        name = _NAME.match(document, at)
        if name is None:
            yield "<"
            place = at + 1
            continue
        tag = name[1].lower()
        closed = _TAG.match(document, at + 1)
        # A quote that does not end would hide every later `>`.
        place = closed.end() if closed else _after(document, ">", at)
        if tag in _DROPPED and document[at + 1] != "/" and document[place - 2] != "/":
            place = _after_element(document, tag, place)
        elif tag in _BLOCKS:
            yield "\n\n" if tag in _PARAGRAPHS else "\n"
        elif tag in _CELLS:
            yield "\t" if document[at + 1] == "/" else ""


def _after(document: str, mark: str, place: int) -> int:
    found = document.find(mark, place)
    return len(document) if found < 0 else found + len(mark)


def _after_element(document: str, tag: str, place: int) -> int:
    """Behind the end of an element; behind the document if it does not end."""
    end = re.compile(f"</{tag}[^<>]*+>", re.IGNORECASE).search(document, place)
    return end.end() if end else len(document)
