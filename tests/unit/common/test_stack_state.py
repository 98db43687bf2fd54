from pathlib import Path

import pytest

from common.errors import StateError
from common.stack_state import Outputs, Process, State, read_state, write_state

PROCESS = Process(pid=1, started="2", port=3, log="/tmp/x.log")  # noqa: S108  # a name only
OUTPUTS = Outputs(*"abcdefgh")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "state.json"

    write_state(path, State(PROCESS, None, OUTPUTS))

    assert read_state(path) == State(PROCESS, None, OUTPUTS)


def test_no_file_is_an_empty_state(tmp_path: Path) -> None:
    assert read_state(tmp_path / "state.json") == State()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"ministack": {"pid": "x"}}'])
def test_a_file_of_something_else_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(content)

    with pytest.raises(StateError, match=r"state\.json cannot be read .* delete it$"):
        read_state(path)


def test_a_reader_never_sees_half_and_nothing_is_left_over(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_state(path, State(PROCESS))
    before = path.stat().st_ino

    write_state(path, State())

    assert path.stat().st_ino != before  # another file took its place
    assert list(tmp_path.iterdir()) == [path]
