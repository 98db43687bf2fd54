from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.output.deferred import deferred

NAMES = ("heavy", "heavy.part", "heavy.part.piece", "absent")
USER = """
import heavy
import heavy as alias
from heavy.part import piece
import absent

def size(): return heavy.SIZE
def name(): return alias.part.piece.NAME
def of_piece(): return piece.NAME
def missing(): return heavy.NOTHING
def from_absent(): return absent.VALUE
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a package `heavy`, which is slow to import, and a module that imports it."""
    (tmp_path / "heavy" / "part").mkdir(parents=True)
    (tmp_path / "heavy" / "__init__.py").write_text("SIZE = 3\n")
    (tmp_path / "heavy" / "part" / "__init__.py").write_text("")
    (tmp_path / "heavy" / "part" / "piece.py").write_text("NAME = 'piece'\n")
    (tmp_path / "user.py").write_text(USER)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in ("user", "early", *NAMES):
        sys.modules.pop(name, None)


def import_user() -> Any:
    with deferred(*NAMES):
        return importlib.import_module("user")


def test_nothing_is_imported_before_it_is_used(site: Path) -> None:
    user = import_user()

    assert not {*NAMES} & sys.modules.keys()
    assert user.size() == 3
    assert "heavy" in sys.modules
    assert "heavy.part" not in sys.modules


def test_submodules_are_imported_when_they_are_used(site: Path) -> None:
    user = import_user()

    assert user.of_piece() == "piece"
    assert user.name() == "piece"


def test_an_attribute_that_the_module_lacks_is_missing(site: Path) -> None:
    user = import_user()

    with pytest.raises(AttributeError, match="module 'heavy' has no attribute 'NOTHING'"):
        user.missing()


def test_a_module_that_is_not_installed_is_reported_when_it_is_used(site: Path) -> None:
    user = import_user()

    with pytest.raises(ModuleNotFoundError, match="No module named 'absent'"):
        user.from_absent()


def test_what_is_loaded_already_is_bound_as_it_is(site: Path) -> None:
    heavy = importlib.import_module("heavy")

    user = import_user()

    assert user.heavy is heavy
    assert sys.modules["heavy"] is heavy
    assert user.of_piece() == "piece"


def test_other_modules_import_the_real_ones_afterwards(site: Path) -> None:
    import_user()

    heavy = importlib.import_module("heavy")

    assert heavy.__file__ == str(site / "heavy" / "__init__.py")


def test_a_failed_import_leaves_nothing_behind(site: Path) -> None:
    (site / "user.py").write_text("import heavy\nraise ValueError('broken')\n")

    with pytest.raises(ValueError, match="broken"):
        import_user()

    assert not {*NAMES, "user"} & sys.modules.keys()


def test_a_use_during_the_import_is_an_error_and_not_an_endless_loop(site: Path) -> None:
    (site / "early.py").write_text("import heavy\nSIZE = heavy.SIZE\n")

    with (
        deferred(*NAMES),
        pytest.raises(ImportError, match="heavy is used while its import is deferred"),
    ):
        importlib.import_module("early")


def test_a_second_thread_waits_for_the_first(site: Path) -> None:
    entered, leave, order = threading.Event(), threading.Event(), []

    def first() -> None:
        with deferred("heavy"):
            entered.set()
            leave.wait(10)
            order.append("first")

    def second() -> None:
        with deferred("heavy"):
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert entered.wait(10)
    threads[1].start()
    threads[1].join(0.1)
    assert order == []
    leave.set()
    for thread in threads:
        thread.join(10)

    assert order == ["first", "second"]
    assert "heavy" not in sys.modules
