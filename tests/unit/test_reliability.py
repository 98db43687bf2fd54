"""docs/reliability.md lists every fault, and says what its tests say of themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import reliability
from tests.reliability import BEGIN, END, OPEN, PAGE, ROWS, DocstringError, Module

DOCSTRING = '''"""It rains.

Injected: Rain, a lot | of
it.
Asserted: Nobody is wet.
Open: Snow.
"""


def helper() -> None: ...


def test_03_an_umbrella_is_open() -> None: ...


class TestRoof:
    def test_is_tight(self) -> None: ...
'''


def write(root: Path, name: str, text: str) -> None:
    path = root / "tests" / "faults" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_every_row_has_tests_or_is_open() -> None:
    tested = {module.row for module in reliability.modules() if module.tests}

    assert tested | OPEN.keys() == set(ROWS)
    assert tested & OPEN.keys() == set(), "take the row off OPEN: it has tests now"


def test_page_is_up_to_date() -> None:
    current = PAGE.read_text(encoding="utf-8")

    new = reliability.page(current, reliability.table(reliability.modules()))

    assert new == current, "run python3 -m tests.reliability"


def test_tests_are_numbered_like_their_module() -> None:
    for module in reliability.modules():
        source = (reliability.ROOT / module.path).read_text(encoding="utf-8")
        own = source.count(f"def test_{module.row:02}_")
        assert own == len(module.tests), module.path


def test_a_module_is_read_without_being_imported(tmp_path: Path) -> None:
    write(tmp_path, "test_03_rain.py", DOCSTRING + "\n\nimport no_such_module\n")
    write(tmp_path, "test_other.py", "")

    assert reliability.modules(tmp_path) == [
        Module(
            row=3,
            path="tests/faults/test_03_rain.py",
            title="It rains.",
            injected="Rain, a lot | of it.",
            asserted="Nobody is wet.",
            open="Snow.",
            tests=("an umbrella is open", "is tight"),
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        '"""It rains."""\n',
        '"""It rains.\n\nInjected: Rain.\n"""\n',
        '"""It rains.\n\nMore.\n\nInjected: Rain.\nAsserted: Dry.\n"""\n',
        '"""Injected: Rain.\nAsserted: Dry.\n"""\n',
    ],
)
def test_a_docstring_without_its_parts_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, "test_03_rain.py", text)

    with pytest.raises(DocstringError, match=r"tests/faults/test_03_rain\.py: its docstring"):
        reliability.modules(tmp_path)


def test_table_has_every_row_and_says_what_is_open(tmp_path: Path) -> None:
    write(tmp_path, "test_03_rain.py", DOCSTRING)

    lines = reliability.table(reliability.modules(tmp_path)).splitlines()

    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| row")]
    assert [int(line.split(" ")[1]) for line in rows] == list(ROWS)
    assert rows[2] == (
        "| 3 | **It rains.** Rain, a lot \\| of it. | Nobody is wet. **Open:** Snow. "
        "| [2](../tests/faults/test_03_rain.py) |"
    )
    assert rows[29].endswith("| open | 0 |")
    assert "- 3: an umbrella is open; is tight." in lines


def test_what_is_written_by_hand_stays() -> None:
    before = f"# Head\n{BEGIN}\nold\n{END}\nFigures.\n"

    assert (
        reliability.page(before, f"{BEGIN}\nnew\n{END}")
        == f"# Head\n{BEGIN}\nnew\n{END}\nFigures.\n"
    )


@pytest.mark.parametrize("before", ["", BEGIN, END, f"{END}{BEGIN}"])
def test_a_page_without_its_markers_is_not_overwritten(before: str) -> None:
    with pytest.raises(ValueError, match="must contain"):
        reliability.page(before, "new")
