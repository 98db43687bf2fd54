"""The text of HTML."""

from __future__ import annotations

from html.parser import HTMLParser

_NAMES = "br div h1 h2 h3 h4 h5 h6 hr li ol p pre section table tbody thead tr ul"
_BLOCKS = frozenset(_NAMES.split())
_HIDDEN = frozenset({"head", "script", "style", "title"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _HIDDEN
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _HIDDEN))
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(" ".join(f"|{data}|".split())[1:-1])


def text_of_html(html: str) -> str:
    """The visible text, one line per block."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)
