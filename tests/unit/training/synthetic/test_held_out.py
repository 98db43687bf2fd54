from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from training.errors import ExamplesError
from training.synthetic.held_out import findings_in, held_out


def test_findings_are_read_from_every_form(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps({"findings": "One."}))
    (tmp_path / "many.json").write_text(json.dumps([{"findings": "Two."}, {"findings": "Three."}]))
    lines = b'{"findings": "Four."}\n{"findings": \n{"findings": 5}\n{"findings": " "}\n[]\n'
    (tmp_path / "lines.jsonl.gz").write_bytes(gzip.compress(lines))

    held = held_out(tmp_path)

    assert held == {"one", "two", "three", "four"}


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExamplesError, match="no such folder; regenerate it with"):
        held_out(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "content"), [("cut.gz", b"\x1f\x8b\x08"), ("text.json", b"\xff\xfe\xfa")]
)
def test_a_file_that_is_no_text_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(ExamplesError, match=name):
        list(findings_in(path))
