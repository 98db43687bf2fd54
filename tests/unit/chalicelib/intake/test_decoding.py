from __future__ import annotations

import codecs
import gzip
import io
import itertools
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import FileRejectedError
from chalicelib.intake.decoding import PIECE_BYTES, TextStream, skip

MODEST = settings(deadline=None, max_examples=80)
LIMIT = 1_000_000


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Split at places, some pieces empty, as a slow network would."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:stop] for start, stop in itertools.pairwise(edges)]


def text_of(data: bytes, limit: int = LIMIT) -> bytes:
    return b"".join(TextStream([data], limit))


def reason(data: bytes, limit: int = LIMIT) -> str:
    with pytest.raises(FileRejectedError) as caught:
        text_of(data, limit)
    return caught.value.reason


# A NUL as second byte says UTF-16 where there is no mark: no JSON, and no report, has one.
@MODEST
@given(
    text=st.text(st.characters(codec="utf-8", exclude_characters="\ufeff\x00"), max_size=200),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"]),
    zipped=st.booleans(),
    places=st.lists(st.integers(0, 1000), max_size=8),
)
def test_text_is_read_however_it_is_written_and_cut(
    text: str, encoding: str, places: list[int], *, zipped: bool
) -> None:
    data = text.encode(encoding)
    if encoding == "utf-16-be":
        data = codecs.BOM_UTF16_BE + data
    if zipped:
        data = gzip.compress(data)

    stream = TextStream(cut(data, places), LIMIT)
    read = b"".join(stream)

    assert read == text.encode()
    if stream.seekable:
        assert data == read


@MODEST
@given(
    data=st.binary(max_size=60),
    wrap=st.sampled_from([b"", b"\x1f\x8b", b"\x1f\x8b\x08\x00", b"\xff\xfe", b"\xfe\xff"]),
    zipped=st.booleans(),
    places=st.lists(st.integers(0, 100), max_size=5),
)
def test_arbitrary_bytes_are_read_or_rejected(
    data: bytes, wrap: bytes, places: list[int], *, zipped: bool
) -> None:
    whole = wrap + data
    if zipped:
        whole = gzip.compress(whole)[: len(whole) + 10]

    reason = "none"
    try:
        list(TextStream(cut(whole, places), LIMIT))
    except FileRejectedError as error:
        reason = error.reason

    assert reason in {"none", "BrokenGzip", "BrokenText", "Packed"}


@MODEST
@given(
    text=st.text(st.characters(min_codepoint=1, max_codepoint=255), min_size=1, max_size=4),
    rest=st.text(st.characters(codec="utf-8"), max_size=100),
    encoding=st.sampled_from(["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]),
    zipped=st.booleans(),
    places=st.lists(st.integers(0, 1000), max_size=8),
)
def test_wide_text_needs_no_bom(
    text: str, rest: str, encoding: str, places: list[int], *, zipped: bool
) -> None:
    whole = text if len(text) < 4 else text + rest
    data = whole.encode(encoding)

    stream = TextStream(cut(gzip.compress(data) if zipped else data, places), LIMIT)

    assert b"".join(stream) == whole.encode()
    assert not stream.seekable


@pytest.mark.parametrize("data", [b"a\0bc", b"\0\0\0\0", b"\0a\0bcd\0e", b"\0\0a", b"ab\0\0"])
def test_zeros_elsewhere_are_no_sign_of_another_encoding(data: bytes) -> None:
    assert text_of(data) == data


@pytest.mark.parametrize("padding", [1, 7, 511, 100_000])
@pytest.mark.parametrize("size", [1, 13, 1 << 16])
def test_zeros_after_gzip_are_padding(padding: int, size: int) -> None:
    data = gzip.compress(b"one ") + bytes(padding)
    longer = data + gzip.compress(b"two") + bytes(padding)

    for whole, text in ((data, b"one "), (longer, b"one two")):
        pieces = (whole[at : at + size] for at in range(0, len(whole), size))
        assert b"".join(TextStream(pieces, LIMIT)) == text


@pytest.mark.parametrize("garbage", [b"\0\0x", b"x", b"\0\x1f", b"\0" * 600 + b"\1"])
def test_anything_else_after_gzip_is_rejected(garbage: bytes) -> None:
    assert reason(gzip.compress(b"one") + garbage) == "BrokenGzip"


def test_several_gzip_members_are_one_text() -> None:
    assert text_of(gzip.compress(b"one ") + gzip.compress(b"two")) == b"one two"


def test_large_gzip_comes_in_small_pieces() -> None:
    text = b"lungs are clear " * 40_000

    pieces = list(TextStream([gzip.compress(text)], LIMIT))

    assert b"".join(pieces) == text
    assert max(map(len, pieces)) <= PIECE_BYTES + 3


@pytest.mark.parametrize("size", range(56, 72))
def test_output_that_one_step_holds_back_is_not_lost(size: int) -> None:
    text = bytes(1_000_000)
    data = gzip.compress(text, compresslevel=9)

    read = b"".join(TextStream((data[at : at + size] for at in range(0, len(data), size)), LIMIT))

    assert read == text


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(b"lungs are clear" * 10)[:-9],
        gzip.compress(b"lungs are clear" * 10)[:-1],
        gzip.compress(b"one") + b"garbage",
        b"\x1f\x8b",
        b"\x1f\x8bnot gzip at all",
        gzip.compress(b"one")[:-8] + b"\0\0\0\0\0\0\0\0",
    ],
    ids=["cut", "cut trailer", "garbage behind", "magic only", "magic and text", "wrong checksum"],
)
def test_damaged_gzip_is_rejected(data: bytes) -> None:
    assert reason(data) == "BrokenGzip"


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF16_LE + b"a",
        "x".encode("utf-16") + b"\0",
        codecs.BOM_UTF32_LE + b"a\0\0",
        codecs.BOM_UTF32_LE + b"\0\0\0\xff",
        "findings".encode("utf-16-le") + b"x",
    ],
    ids=["half", "odd", "utf-32 cut", "utf-32 too large", "no bom, odd"],
)
def test_damaged_wide_text_is_rejected(data: bytes) -> None:
    assert reason(data) == "BrokenText"


def test_lone_surrogate_of_utf_16_is_left_for_its_record_to_be_rejected() -> None:
    read = text_of(codecs.BOM_UTF16_LE + "a\ud800b".encode("utf-16-le", "surrogatepass"))

    assert read == b"a\xed\xa0\x80b"


@pytest.mark.parametrize(
    "data",
    [b"x" * 101, gzip.compress(b"x" * 101), ("é" * 51).encode("utf-16")],
    ids=["plain", "gzip", "utf-16"],
)
def test_text_longer_than_the_limit_is_rejected(data: bytes) -> None:
    assert reason(data, limit=100) == "TooLarge"


@pytest.mark.parametrize("data", [b"x" * 100, gzip.compress(b"x" * 100)], ids=["plain", "gzip"])
def test_text_of_just_the_limit_is_read(data: bytes) -> None:
    assert text_of(data, limit=100) == b"x" * 100


def test_gzip_bomb_is_rejected_at_the_cap_with_little_memory() -> None:
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb") as file:
        for _ in range(64):
            file.write(bytes(1 << 20))
    data = bomb.getvalue()

    tracemalloc.start()
    with pytest.raises(FileRejectedError) as caught:
        for _ in TextStream([data], 32 << 20):
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert caught.value.reason == "TooLarge"
    assert peak < 2 << 20


def test_nothing_is_asked_for_before_the_text_is_read() -> None:
    asked: list[bytes] = []

    def pieces() -> Iterator[bytes]:
        for piece in (b"one" * 100, b"two" * 100, b"three"):
            asked.append(piece)
            yield piece

    text = iter(TextStream(pieces(), LIMIT))
    begun = list(asked)
    next(text)

    assert begun == []
    assert b"three" not in asked


@pytest.mark.parametrize(
    ("data", "seekable"),
    [
        (b"text", True),
        (b"", True),
        (codecs.BOM_UTF8 + b"text", False),
        ("text".encode("utf-16"), False),
        (gzip.compress(b"text"), False),
    ],
    ids=["plain", "empty", "bom", "utf-16", "gzip"],
)
def test_only_plain_utf_8_is_seekable(data: bytes, *, seekable: bool) -> None:
    stream = TextStream([data], LIMIT)

    list(stream)

    assert stream.seekable is seekable


@MODEST
@given(st.binary(max_size=30), st.integers(0, 40), st.lists(st.integers(0, 50), max_size=5))
def test_skip_leaves_out_the_first_bytes(data: bytes, count: int, places: list[int]) -> None:
    assert b"".join(skip(cut(data, places), count)) == data[count:]


def test_deflate_without_a_gzip_header_is_not_taken_for_gzip() -> None:
    data = zlib.compress(b"text")

    assert text_of(data) == data
