from __future__ import annotations

import contextlib
import io
import os
import tarfile
from pathlib import Path

import pytest

from common.archives import pack, unpack


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    (made / "code").mkdir(parents=True)
    (made / "config.json").write_text("{}", encoding="utf-8")
    (made / "code" / "inference.py").write_bytes(b"pass\n")
    (made / "weights.bin").write_bytes(bytes(range(256)) * 1000)
    return made


def archived(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "model.tar.gz"
    path.write_bytes(data)
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_was_packed_is_unpacked(folder: Path, tmp_path: Path) -> None:
    unpack(archived(tmp_path, pack(folder)), tmp_path / "out")

    assert files(tmp_path / "out") == files(folder)


def test_the_same_files_are_the_same_bytes(folder: Path) -> None:
    before = pack(folder)

    for path in folder.rglob("*"):
        os.utime(path, (1, 1))
    (folder / "config.json").chmod(0o600)

    assert pack(folder) == before
    # gzip's header holds no time, and the files come in an order of their own.
    assert before[4:8] == bytes(4)
    with tarfile.open(fileobj=io.BytesIO(before)) as tar:
        assert tar.getnames() == ["code/inference.py", "config.json", "weights.bin"]


def test_other_files_are_other_bytes(folder: Path) -> None:
    before = pack(folder)

    (folder / "config.json").write_text("[]", encoding="utf-8")

    assert pack(folder) != before


def test_only_the_named_files_are_packed(folder: Path, tmp_path: Path) -> None:
    unpack(archived(tmp_path, pack(folder, ("config.json", "code/inference.py"))), tmp_path / "out")

    assert set(files(tmp_path / "out")) == {"config.json", "code/inference.py"}


def test_a_named_file_that_is_not_there_is_an_error(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        pack(folder, ("config.json", "none.json"))


@pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "a/../../out.txt"])
def test_a_member_that_leads_out_stays_out(tmp_path: Path, name: str) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        tar.addfile(entry, io.BytesIO(b"x"))
    target = tmp_path / "deep" / "out"
    target.mkdir(parents=True)

    with contextlib.suppress(tarfile.TarError):
        unpack(archived(tmp_path, made.getvalue()), target)

    written = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert {path for path in written if not path.is_relative_to(target)} == {
        tmp_path / "model.tar.gz"
    }
    assert not Path("/out.txt").exists()


@pytest.mark.parametrize("damage", ["cut", "no archive"])
def test_a_damaged_archive_is_an_error(folder: Path, tmp_path: Path, damage: str) -> None:
    data = pack(folder)
    path = archived(tmp_path, data[: len(data) // 2] if damage == "cut" else b"not a tar")

    with pytest.raises((OSError, EOFError, tarfile.TarError)):
        unpack(path, tmp_path / "out")
