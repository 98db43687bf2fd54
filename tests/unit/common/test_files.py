"""A file that is being replaced, seen by whoever reads it at that moment."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from common import files

OLD, NEW = "old content", "new content, which is longer"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "folder" / "state.json"
    made.parent.mkdir()
    made.write_text(OLD, encoding="utf-8")
    return made


def break_off(path: Path, error: BaseException) -> None:
    with files.replacing(path) as partial:
        partial.write_text(NEW, encoding="utf-8")
        raise error


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestReplacing:
    def test_shows_the_old_content_until_the_block_ends(self, path: Path) -> None:
        with files.replacing(path) as partial:
            partial.write_text(NEW, encoding="utf-8")
            during = path.read_text(encoding="utf-8")

        assert (during, path.read_text(encoding="utf-8")) == (OLD, NEW)

    def test_writes_beside_the_file(self, path: Path) -> None:
        # A rename across file systems would not be one step.
        with files.replacing(path) as partial:
            assert partial.parent == path.parent
            assert partial != path
            partial.write_text(NEW, encoding="utf-8")

        assert list(path.parent.iterdir()) == [path]

    @pytest.mark.parametrize("error", [ValueError(), KeyboardInterrupt(), SystemExit()])
    def test_leaves_the_old_file_and_nothing_else_after_an_error(
        self, path: Path, error: BaseException
    ) -> None:
        with pytest.raises(type(error)):
            break_off(path, error)

        assert path.read_text(encoding="utf-8") == OLD
        assert list(path.parent.iterdir()) == [path]

    def test_leaves_no_file_where_none_was_after_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(KeyboardInterrupt):
            break_off(tmp_path / "new", KeyboardInterrupt())

        assert list(tmp_path.iterdir()) == []

    def test_leaves_the_old_file_when_the_new_one_was_moved_away(self, path: Path) -> None:
        with pytest.raises(FileNotFoundError), files.replacing(path) as partial:
            partial.unlink()

        assert path.read_text(encoding="utf-8") == OLD

    def test_is_on_the_disk_before_it_takes_the_place(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        synced: list[str] = []
        real = os.fsync

        def fsync(handle: int) -> None:
            synced.append(path.read_text(encoding="utf-8"))
            real(handle)

        monkeypatch.setattr(os, "fsync", fsync)

        files.write(path, NEW)

        assert synced == [OLD]

    def test_of_a_file_in_a_folder_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            files.write(tmp_path / "none" / "file", NEW)

        assert list(tmp_path.iterdir()) == []


class TestWrite:
    @pytest.mark.parametrize(
        ("content", "written"),
        [
            ("é\n\r\n", b"\xc3\xa9\n\r\n"),
            (b"\x00\xff", b"\x00\xff"),
            ("", b""),
        ],
    )
    def test_writes_bytes_as_they_are_and_text_as_utf_8(
        self, path: Path, content: str | bytes, written: bytes
    ) -> None:
        files.write(path, content)

        assert path.read_bytes() == written

    @pytest.mark.parametrize(("mode", "expected"), [(None, 0o644), (0o600, 0o600), (0o755, 0o755)])
    def test_gives_the_mode_that_was_asked_for_whatever_the_umask_is(
        self, tmp_path: Path, mode: int | None, expected: int
    ) -> None:
        path = tmp_path / "file"
        before = os.umask(0o077)
        try:
            if mode is None:
                files.write(path, NEW)
            else:
                files.write(path, NEW, mode)
        finally:
            os.umask(before)

        assert mode_of(path) == expected

    def test_leaves_whoever_has_the_old_file_open_alone(self, path: Path) -> None:
        with path.open(encoding="utf-8") as reader:
            files.write(path, NEW)

            assert reader.read() == OLD

    def test_replaces_a_link_and_not_what_it_leads_to(self, path: Path) -> None:
        link = path.with_name("link")
        link.symlink_to(path)

        files.write(link, NEW)

        assert not link.is_symlink()
        assert path.read_text(encoding="utf-8") == OLD

    def test_by_several_at_once_leaves_the_whole_of_one(self, path: Path) -> None:
        contents = [str(number) * 50_000 for number in range(8)]
        seen: set[str] = set()
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                seen.add(path.read_text(encoding="utf-8"))

        reader = threading.Thread(target=read)
        writers = [threading.Thread(target=files.write, args=(path, one)) for one in contents]
        reader.start()
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        done.set()
        reader.join()

        assert path.read_text(encoding="utf-8") in contents
        assert seen <= {OLD, *contents}
        assert list(path.parent.iterdir()) == [path]
