from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.intake.free_text.encodings import NotTextError, decode

GERMAN = "Größe unauffällig, kein Erguß"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"Normal.", ("Normal.", "utf-8")),
        (b"", ("", "utf-8")),
        (GERMAN.encode(), (GERMAN, "utf-8")),
        (GERMAN.encode("utf-8-sig"), (GERMAN, "utf-8")),
        (GERMAN.encode("cp1252"), (GERMAN, "windows-1252")),
        ("„5 µm \u2013 3 €“".encode("cp1252"), ("„5 µm \u2013 3 €“", "windows-1252")),
        ("\tzwölf\r\n\f".encode("latin-1"), ("\tzwölf\r\n\f", "windows-1252")),
    ],
)
def test_encoding_is_told_by_the_rule(data: bytes, expected: tuple[str, str]) -> None:
    assert decode(data) == expected


@pytest.mark.parametrize("value", [0x81, 0x8D, 0x8F, 0x90, 0x9D])
def test_bytes_that_windows_does_not_define_are_refused_by_name(value: int) -> None:
    with pytest.raises(NotTextError, match=f"byte 4 is 0x{value:02X}, neither UTF-8 nor Windows"):
        decode(b"lung" + bytes([value]) + b" clear")


@pytest.mark.parametrize("value", [0x00, 0x01, 0x07, 0x08, 0x0B, 0x0E, 0x1A, 0x1B, 0x1F])
def test_binary_data_is_refused_by_name(value: int) -> None:
    with pytest.raises(NotTextError, match=f"byte 6 is the control character 0x{value:02X}"):
        decode("größe".encode("cp1252") + b" " + bytes([value]))


def test_positions_count_bytes_and_the_byte_order_mark() -> None:
    with pytest.raises(NotTextError, match="byte 5 is the control character 0x00"):
        decode("\ufeffö\0".encode())


def test_damaged_utf_8_is_not_read_as_windows_1252() -> None:
    data = GERMAN.encode()

    with pytest.raises(NotTextError, match=f"byte {len(data)} is not valid UTF-8, though the rest"):
        decode(data + b"\xe2\x80")
    with pytest.raises(NotTextError, match="byte 3 is not valid UTF-8"):
        decode(b"\xef\xbb\xbf" + GERMAN.encode("cp1252")[2:3])


def test_half_a_character_of_utf_16_is_refused() -> None:
    with pytest.raises(NotTextError, match="byte 2 begins half a UTF-16 character"):
        decode("a \ud83d b".encode("utf-8", "surrogatepass"))


@given(st.binary())
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        text, encoding = decode(data)
    except NotTextError:
        return
    codec = "utf-8" if encoding == "utf-8" else "cp1252"
    assert text.encode(codec) in (data, data.removeprefix(b"\xef\xbb\xbf"))
