"""Words that stand for report text, and a search that finds them however they are encoded.

Each place of a report has its own word, so that a leak tells what leaked. A word is looked for in
the bytes as they are and in everything that they may be decoded to: percent and backslash escapes,
character references, base64, hexadecimal, gzip, zlib and UTF-16, one within another.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

# What a hospital sends: a place of a report and its word. ASCII letters only: no encoding of text
# changes them, so each other form is one that has to be decoded.
WORDS = {
    "findings": "Zqxlungword",
    "impression": "Zqximpressionword",
    "report_id": "Zqxreportidword",
    "metadata": "Zqxmetadataword",
    "key": "Zqxobjectkeyword",
}
PLACES = tuple(WORDS)
# How many encodings may be nested: JSON in a log line that CloudWatch sends as base64 of gzip.
DEEPEST = 4

_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")
_ESCAPE = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([nrt0\\\"'/]))")
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b"\0"}
_REFERENCE = re.compile(rb"&#?\w+;")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
_WRAPPED = re.compile(rb"(?:[A-Za-z0-9+/]{60,76}\r?\n)+[A-Za-z0-9+/]*")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}[: ]?){8,}")
_GZIP = b"\x1f\x8b\x08"
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_MOST_BYTES = 1 << 22
# Of ASCII text, and the zeros of UTF-16.
_PRINTABLE = bytes((*range(32, 127), 0, 9, 10, 13))


class Leak(NamedTuple):
    """A word of a report, where it may not be."""

    place: str
    sink: str
    around: str


def report(place: str) -> str:
    """Text of a report as it is: its word among characters that encodings change."""
    return f'Öde "{WORDS[place]}" & 50 %, {WORDS[place]}.'


def record(**others: object) -> dict[str, Any]:
    """A record with a word in each place but the key."""
    word = WORDS["metadata"]
    return {
        "report_id": f"id {WORDS['report_id']}/ö",
        "findings": report("findings"),
        "impression": report("impression"),
        "patient": report("metadata"),
        word: {"nested": [word, {word: word}]},
        **others,
    }


def key(lane: str, name: str = "a") -> str:
    """A landing key with the key's word in dataset and name, and characters that URLs escape."""
    return f"{lane}/ward-{WORDS['key']}/{WORDS['key']} ö+%25 {name}.json"


def search(sinks: Mapping[str, bytes | str], allowed: Iterable[tuple[str, str]] = ()) -> list[Leak]:
    """The words that are in a sink and may not be there; `allowed` are pairs of place and sink."""
    free = set(allowed)
    found = []
    for sink, text in sinks.items():
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        for place, around in _found(data):
            if (place, sink) not in free:
                found.append(Leak(place, sink, around))
    return found


def _found(data: bytes) -> Iterator[tuple[str, str]]:
    missing = dict(WORDS)
    for view in views(data):
        folded = view.lower()
        for place, word in list(missing.items()):
            at = folded.find(word.lower().encode())
            if at >= 0:
                del missing[place]
                yield place, view[max(0, at - 60) : at + 60].decode("utf-8", "backslashreplace")
        if not missing:
            return


def views(data: bytes, depth: int = DEEPEST) -> Iterator[bytes]:
    """The bytes, and everything that they may be decoded to."""
    yield data
    if depth:
        seen = {data}
        for view in _decoded(data):
            if view not in seen:
                seen.add(view)
                yield from views(view, depth - 1)


def _decoded(data: bytes) -> Iterator[bytes]:
    if _PERCENT.search(data):
        yield unquote_to_bytes(data.replace(b"+", b" "))
    if _ESCAPE.search(data):
        yield _ESCAPE.sub(_unescaped, data)
    if _REFERENCE.search(data):
        yield html.unescape(data.decode("utf-8", "replace")).encode()
    if b"\0" in data:
        yield data.replace(b"\0", b"")  # ASCII letters in UTF-16 and UTF-32
    for wrapped in _WRAPPED.findall(data):
        yield from _from_base64(b"".join(wrapped.split()))
    for run in _BASE64.findall(data):
        yield from _from_base64(run)
    for digits in _HEX.findall(data):
        plain = re.sub(rb"[: ]", b"", digits)
        for start in (0, 1):
            even = plain[start : start + (len(plain) - start) // 2 * 2]
            yield from _worth_a_look(binascii.unhexlify(even))
    yield from _inflated(data)


def _from_base64(run: bytes) -> Iterator[bytes]:
    """What a run of base64 stands for, wherever in the run it begins."""
    plain = run.translate(bytes.maketrans(b"-_", b"+/"))
    for start in range(4):
        whole = plain[start : start + (len(plain) - start) // 4 * 4]
        left = plain[start + len(whole) :]
        padded = whole + (left + b"=" * (-len(left) % 4) if len(left) > 1 else b"")
        yield from _worth_a_look(base64.b64decode(padded, validate=False))


def _worth_a_look(decoded: bytes) -> Iterator[bytes]:
    """Skip what identifiers and digests decode to: neither text nor compressed."""
    others = decoded.translate(None, _PRINTABLE)
    if b"zqx" in decoded.lower() or _GZIP in decoded or len(others) < 0.15 * len(decoded):
        yield decoded


def _inflated(data: bytes) -> Iterator[bytes]:
    at = data.find(_GZIP)
    while at >= 0:
        yield from _inflate(data[at:], 31)
        at = data.find(_GZIP, at + 1)
    for found in _ZLIB.finditer(data):
        yield from _inflate(data[found.start() :], 15)


def _inflate(data: bytes, window: int) -> Iterator[bytes]:
    stream = zlib.decompressobj(window)
    try:
        text = stream.decompress(data, _MOST_BYTES)
    except zlib.error:
        return
    if text:
        yield text


def _unescaped(found: re.Match[bytes]) -> bytes:
    unicode, byte, mark = found.groups()
    if unicode is not None:
        return chr(int(unicode, 16)).encode("utf-8", "surrogatepass")
    if byte is not None:
        return bytes.fromhex(byte.decode())
    return _CONTROLS.get(mark, mark)


def shown(value: object) -> str:
    """Anything as JSON, for a sink."""
    return json.dumps(value, default=repr, ensure_ascii=False)
