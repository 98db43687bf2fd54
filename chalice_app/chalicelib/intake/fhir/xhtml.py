"""Text fields in which some senders write XHTML or its entities, where FHIR has plain text."""

from __future__ import annotations

import html
import re

# Only elements that XHTML has: `<5 mm` and `a<b` are text.
_TAG = re.compile(
    r"</?(?:a|b|blockquote|body|br|div|em|font|h[1-6]|hr|html|i|li|ol|p|pre|section|span|strong"
    r"|sub|sup|table|tbody|td|th|thead|tr|u|ul)(?:\s++[a-z:_-]++\s*+=[^<>]*+)?\s*+/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:amp|apos|gt|lt|nbsp|quot|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")


def plain(text: str) -> str:
    """The text without tags, and with characters instead of entities."""
    if _TAG.search(text) is not None:
        from chalicelib.intake.free_text.markup import (  # noqa: PLC0415  # rarely needed
            text_of_html,
        )

        return text_of_html(text)
    if _ENTITY.search(text) is not None:
        return html.unescape(text)
    return text
