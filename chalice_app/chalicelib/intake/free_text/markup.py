"""The text of HTML and XHTML."""

from __future__ import annotations

import html
import re

_BREAKS = re.compile(
    r"<(?:/?(?:p|div|h[1-6]|ul|ol|li|tr|table|tbody|body|html|pre)|br|hr)(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
_INLINE = re.compile(r"</?(?:b|strong|i|em|u|span|font|td|th)(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)


def without_tags(text: str) -> str:
    """A plain text into which some HTML has strayed, such as `<br/>` at the end of each line.

    A text without tags is returned as it is: `&lt;` and `<5 mm` may be meant so.
    """
    if "<" not in text:
        return text
    plain, breaks = _BREAKS.subn("\n", text)
    plain, inline = _INLINE.subn("", plain)
    return html.unescape(plain) if breaks or inline else text
