"""The search for words finds each of them in each form.

Injected: Words in base64, gzip, zlib, hex, percent and HTML escapes, UTF-16 and nested forms of
these.
Asserted: The search that the other tests of this row rely on finds them, and nothing where nothing
is.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import zlib
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from tests.account.leaks import PLACES, WORDS, record, report, search

NOISE = json.dumps(
    {"object_id": "0123456789abcdef" * 2, "timestamp": "2026-11-03 02:05:00,000+0000"}
)


def every_byte(text: str, form: str) -> bytes:
    return "".join(form % byte for byte in text.encode()).encode()


FORMS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "upper case": lambda text: text.upper().encode(),
    "JSON": lambda text: json.dumps(text).encode(),
    "JSON in JSON": lambda text: json.dumps(json.dumps({"a": json.dumps(text)})).encode(),
    "JSON, every character escaped": lambda text: "".join(
        f"\\u{ord(c):04x}" for c in text
    ).encode(),
    "so escaped, in JSON": lambda text: json.dumps(
        "".join(f"\\u{ord(c):04x}" for c in text)
    ).encode(),
    "Python's repr of bytes": lambda text: repr(text.encode()).encode(),
    "every byte \\x": lambda text: every_byte(text, "\\x%02x"),
    "URL": lambda text: quote(text).encode(),
    "form": lambda text: quote_plus(text).encode(),
    "URL, every byte": lambda text: every_byte(text, "%%%02X"),
    "URL twice": lambda text: quote(every_byte(text, "%%%02X").decode()).encode(),
    "HTML": lambda text: html.escape(text).encode(),
    "HTML, every character": lambda text: "".join(f"&#{ord(c)};" for c in text).encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64, off by one": lambda text: base64.b64encode(b"x" + text.encode()),
    "base64, off by two": lambda text: base64.b64encode(b"xy" + text.encode()),
    "base64 after a path": lambda text: b"path/" + base64.b64encode(text.encode()),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).rstrip(b"="),
    "base64 in lines": lambda text: base64.encodebytes((text * 3).encode()),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(text.encode())),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "hexadecimal, upper case": lambda text: text.encode().hex(" ").upper().encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16, big-endian": lambda text: text.encode("utf-16-be"),
    "UTF-32": lambda text: text.encode("utf-32-le"),
    "gzip": lambda text: gzip.compress(text.encode()),
    "zlib": lambda text: zlib.compress(text.encode()),
    "gzip of a long text": lambda text: gzip.compress(text.encode() + bytes(range(256)) * 999),
    "gzip in base64, as CloudWatch sends": lambda text: base64.b64encode(
        gzip.compress(json.dumps({"logEvents": [{"message": json.dumps(text)}]}).encode())
    ),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")),
    "repr of gzip": lambda text: repr(gzip.compress(text.encode())).encode(),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", FORMS)
def test_31_a_word_is_found_in_every_form(form: str, place: str) -> None:
    text = f"{NOISE}\n".encode() + FORMS[form](report(place)) + f"\n{NOISE}".encode()

    found = search({"log": text})

    assert [(leak.place, leak.sink) for leak in found] == [(place, "log")]


def test_31_every_word_of_a_sink_is_found_at_once() -> None:
    found = search({"log": json.dumps(record()), "traces": NOISE, "items": WORDS["key"]})

    assert {(leak.place, leak.sink) for leak in found} == {
        *((place, "log") for place in PLACES if place != "key"),
        ("key", "items"),
    }


def test_31_what_is_allowed_is_allowed_there_only() -> None:
    said = {"queue": WORDS["key"] + WORDS["findings"], "log": WORDS["key"]}

    found = search(said, [("key", "queue")])

    assert [(leak.place, leak.sink) for leak in found] == [("findings", "queue"), ("key", "log")]


@pytest.mark.parametrize(
    "text", ["", NOISE, "Zqx", "Zqxlungwor", base64.b64encode(b"lungword").decode()]
)
def test_31_nothing_is_found_where_nothing_is(text: str) -> None:
    assert search({"log": text}) == []
