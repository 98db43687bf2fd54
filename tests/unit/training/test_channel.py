from __future__ import annotations

from pathlib import Path

import pytest

from training import channel
from training.errors import CollectionError

PAIR = '{"prompt": "Clear.", "completion": "Normal."}\n'


def test_the_channel_is_what_prepare_wrote_or_its_train_folder(tmp_path: Path) -> None:
    train = tmp_path / "train"
    train.mkdir()
    (train / "train.jsonl").write_text(PAIR)
    assert channel.folder_of(tmp_path) == train
    assert channel.folder_of(train) == train


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        (PAIR + "{", "line 2: is not JSON"),
        (PAIR + '["a"]\n', 'line 2: needs the strings "prompt" and "completion"'),
        ('{"prompt": "a"}\n', "line 1: needs the strings"),
        ('{"prompt": "a", "completion": 1}\n', "line 1: needs the strings"),
        (PAIR + "\n", "line 2: is not JSON"),
    ],
)
def test_what_cannot_be_trained_on_is_told_with_its_line(
    tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "train.jsonl").write_text(text)
    with pytest.raises(CollectionError, match=says):
        channel.folder_of(tmp_path)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(b'{"prompt": "\xff", "completion": "x"}\n')
    with pytest.raises(CollectionError, match="line 1: is not JSON"):
        channel.folder_of(tmp_path)


def test_a_template_without_its_texts(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text(PAIR)
    (tmp_path / "template.json").write_text('{"prompt": "x"}')
    with pytest.raises(CollectionError, match=r"template.json: needs the strings"):
        channel.folder_of(tmp_path)


def test_no_channel_names_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="create it with `python -m training prepare"):
        channel.folder_of(tmp_path)


def test_the_digest_is_of_the_content_alone(tmp_path: Path) -> None:
    digests = []
    for name, text in (("a", PAIR), ("b", PAIR), ("c", PAIR * 2)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "train.jsonl").write_text(text)
        digests.append(channel.digest(folder))
    assert digests[0] == digests[1] != digests[2]
