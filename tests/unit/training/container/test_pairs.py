from __future__ import annotations

import json
from pathlib import Path

from training.container import pairs


def test_template_is_filled_literally(tmp_path: Path) -> None:
    row = {"prompt": "{completion} {0} %s", "completion": "{prompt}"}
    (tmp_path / "train.jsonl").write_text(json.dumps(row) + "\n")
    template = {"prompt": "Say: {prompt}!", "completion": "{completion}"}
    (tmp_path / "template.json").write_text(json.dumps(template))

    assert pairs.read(tmp_path) == [("Say: {completion} {0} %s!", "{prompt}")]


def test_without_a_template_texts_are_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text('{"prompt": "a", "completion": "b"}\n')

    assert pairs.read(tmp_path) == [("a", "b")]


def test_split_is_the_same_for_a_seed_and_loses_nothing() -> None:
    everything = [(str(n), str(n)) for n in range(100)]

    train, held = pairs.split(everything, 0.05, 0)

    assert (len(train), len(held)) == (95, 5)
    assert sorted(train + held) == sorted(everything)
    assert pairs.split(everything, 0.05, 0) == (train, held)
    assert pairs.split(everything, 0.05, 1) != (train, held)
    assert pairs.split(everything[:1], 0.9, 0) == (everything[:1], [])
