from __future__ import annotations

from pathlib import Path

import pytest

from training.prepare.collections import read
from training.prepare.records import Reading
from training.prepare.report import LeftOut, Pair, Report


def read_abstract(folder: Path, *sections: tuple[str, str], root: str = "eCitation") -> Report:
    texts = "".join(
        f'<AbstractText Label="{label}">{text}</AbstractText>' for label, text in sections
    )
    (folder / "1.xml").write_text(f'<{root}><uId id="CXR1"/>{texts}</{root}>')
    (found,) = read(folder / "1.xml", Reading())
    assert isinstance(found, Pair | LeftOut)
    return found


@pytest.mark.parametrize("label", ["FINDINGS", "findings", "Findings:", " Finding "])
def test_label_is_known_in_any_spelling(label: str, tmp_path: Path) -> None:
    found = read_abstract(tmp_path, (label, "Clear."), ("IMPRESSION", "Normal."))

    assert found == Pair("CXR1", "Clear.", "Normal.")


def test_label_that_occurs_again_continues_the_section(tmp_path: Path) -> None:
    found = read_abstract(
        tmp_path, ("FINDINGS", "Clear."), ("FINDINGS", "Heart normal."), ("IMPRESSION", "Normal.")
    )

    assert found == Pair("CXR1", "Clear.\nHeart normal.", "Normal.")


def test_section_that_says_nothing_is_missing(tmp_path: Path) -> None:
    assert read_abstract(tmp_path, ("FINDINGS", "XXXX."), ("IMPRESSION", "x")) == LeftOut(
        "CXR1", "no findings"
    )
    assert read_abstract(tmp_path, ("COMPARISON", "None.")) == LeftOut("CXR1", "no findings")


def test_text_in_markup_is_read_whole(tmp_path: Path) -> None:
    found = read_abstract(tmp_path, ("FINDINGS", "Lungs <b>clear</b>."), ("IMPRESSION", "x"))

    assert found == Pair("CXR1", "Lungs clear.", "x")
