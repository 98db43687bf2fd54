from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from common.errors import UsageError
from common.paths import ROOT
from local.client.uploads import count_records, plan_uploads


def test_a_folder_keeps_its_shape_below_lane_and_dataset(tmp_path: Path) -> None:
    folder = tmp_path / "ward"
    (folder / "deep").mkdir(parents=True)
    for name in ("b.json", "deep/a.json", ".hidden", "deep/.x/y"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("{}", encoding="utf-8")

    named = plan_uploads([str(folder)], "incoming", "today")
    unnamed = plan_uploads([str(folder)], "evaluation", None)

    assert [one.key for one in named] == ["incoming/today/b.json", "incoming/today/deep/a.json"]
    assert [one.key for one in unnamed] == ["evaluation/ward/b.json", "evaluation/ward/deep/a.json"]


def test_a_file_is_called_after_itself(tmp_path: Path) -> None:
    path = tmp_path / "dev2.jsonl.gz"
    path.write_bytes(b"")

    assert [one.key for one in plan_uploads([str(path)], "incoming", None)] == [
        "incoming/dev2/dev2.jsonl.gz"
    ]


@pytest.mark.parametrize(
    ("paths", "dataset", "problem"),
    [
        (["missing.json"], None, "no such file"),
        (["empty"], None, "contains no files"),
        (["a.json"], "x/y", "without slashes"),
        (["a.json"], "  ", "without slashes"),
        (["a.json", "other/a.json"], "same", "two files have the key incoming/same/a.json"),
    ],
)
def test_what_cannot_be_dropped_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    paths: list[str],
    dataset: str | None,
    problem: str,
) -> None:
    for name in ("a.json", "other/a.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UsageError, match=problem):
        plan_uploads(paths, "incoming", dataset)


def test_records_are_counted_as_the_function_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "x"
    counts = {
        b"[]": 0,
        b"": 1,
        b"\x00\x01": 1,
        b'{"findings": "x"}': 1,
        b"[1, 2, 3]": 3,
        b'{"a": 1}\nbroken\n\n{"b": 2}\n': 3,
        gzip.compress(json.dumps([{}] * 7).encode()): 7,
    }

    for content, expected in counts.items():
        path.write_bytes(content)
        assert count_records(path) == expected, content

    assert count_records(ROOT / "examples" / "evaluation" / "held-out.jsonl") == 150
