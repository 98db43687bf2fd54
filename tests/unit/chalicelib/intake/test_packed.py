from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest

from chalicelib.errors import FileRejectedError
from chalicelib.intake.decoding import TextStream

RECORD = b'{"report_id": "a", "findings": "Clear lungs."}\n'


def tar_of(form: int) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=form) as archive:
        member = tarfile.TarInfo("export/records.jsonl")
        member.size = len(RECORD)
        archive.addfile(member, io.BytesIO(RECORD))
    return held.getvalue()


def v7_tar() -> bytes:
    """A header without a magic, as the oldest tar wrote it."""
    header = bytearray(tar_of(tarfile.USTAR_FORMAT))
    header[257:265] = bytes(8)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header[:512])
    return bytes(header)


def zip_of(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, RECORD)
    return held.getvalue()


PACKED = {
    "a ZIP archive": zip_of("a.json"),
    "an empty ZIP archive": zip_of(),
    "a 7z archive": b"7z\xbc\xaf\x27\x1c\x00\x04" + RECORD,
    "a RAR archive": b"Rar!\x1a\x07\x01\x00" + RECORD,
    "compressed with zstd": b"\x28\xb5\x2f\xfd\x20" + RECORD,
    "compressed with zstd or lz4": b"\x50\x2a\x4d\x18" + RECORD,
    "compressed with bzip2": bz2.compress(RECORD),
    "compressed with xz": lzma.compress(RECORD),
    "compressed with snappy": b"\xff\x06\x00\x00sNaPpY" + RECORD,
    "compressed with lz4": b"\x04\x22\x4d\x18" + RECORD,
    "compressed with gzip twice": gzip.compress(gzip.compress(RECORD)),
}
TARS = {
    "ustar": tar_of(tarfile.USTAR_FORMAT),
    "gnu": tar_of(tarfile.GNU_FORMAT),
    "pax": tar_of(tarfile.PAX_FORMAT),
    "v7": v7_tar(),
}


def refused(data: bytes, size: int) -> FileRejectedError:
    pieces = (data[at : at + size] for at in range(0, len(data), size))
    with pytest.raises(FileRejectedError) as caught:
        next(iter(TextStream(pieces, 1_000_000)))  # before any of its text is passed on
    assert caught.value.reason == "Packed"
    return caught.value


@pytest.mark.parametrize("size", [1, 100, 1 << 16])
@pytest.mark.parametrize("name", PACKED)
def test_packed_content_is_refused_by_what_it_is(name: str, size: int) -> None:
    assert f"it is {name};" in str(refused(PACKED[name], size))


@pytest.mark.parametrize("data", [bz2.compress(b""), b"\x1f\x9d\x90" + RECORD])
def test_other_packed_content_is_refused_too(data: bytes) -> None:
    assert "compressed with" in str(refused(data, 1 << 16))


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("kind", TARS)
def test_tar_is_refused_inside_gzip_as_well(kind: str, *, zipped: bool) -> None:
    error = refused(gzip.compress(TARS[kind]) if zipped else TARS[kind], 1 << 16)

    assert "it is a tar archive; upload the files in it" in str(error)
    assert str(error).startswith("unzipped") is zipped


@pytest.mark.parametrize(
    "data",
    [
        *(b"BZh9 is how a report begins", b"PK is no archive", RECORD * 20, b"7z", b"x" * 600),
        v7_tar()[:148] + b"0000001\0" + v7_tar()[156:],
    ],
    ids=range(6),
)
def test_text_that_looks_like_it_is_not_refused(data: bytes) -> None:
    assert b"".join(TextStream([data], 1_000_000)) == data
