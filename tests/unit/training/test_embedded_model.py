"""The committed model: its size, its card, and that it always answers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ctranslate2 = pytest.importorskip("ctranslate2")
sentencepiece = pytest.importorskip("sentencepiece")

from training.errors import ModelTooLargeError  # noqa: E402  # after importorskip
from training.small_t5 import config, score  # noqa: E402  # after importorskip
from training.small_t5.size import check_size, sizes  # noqa: E402  # after importorskip

FILES = {"config.json", "model.safetensors", "sentencepiece.model"}
TOLERANCE = 0.03


@pytest.fixture
def records(examples: Path) -> list[dict[str, str]]:
    path = examples / "evaluation" / "held-out.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def card(model: Path) -> str:
    return (model / "MODEL_CARD.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("role", ["fine-tuned", "pre-trained"])
def test_the_folders_hold_what_the_endpoint_reads_and_fit_the_repository(
    role: str, model: Path
) -> None:
    folder = model.parent / role

    assert set(sizes(folder)) == FILES
    assert check_size(folder) <= 4_000_000


@pytest.mark.parametrize("role", ["fine-tuned", "pre-trained"])
def test_the_cards_name_the_bytes_of_the_files_beside_them(role: str, model: Path) -> None:
    card = (model.parent / role / "MODEL_CARD.md").read_text(encoding="utf-8")

    for name, size in sizes(model.parent / role).items():
        assert f"| `{name}` | {size:,} |" in card


def test_fine_tuning_is_what_makes_the_difference(
    model: Path, records: list[dict[str, str]]
) -> None:
    references = [record["impression"] for record in records]
    before = score.answers(model.parent / "pre-trained", [record["findings"] for record in records])

    assert score.table(references, before)["all"]["rouge1"] < 0.4


def test_the_card_names_the_measured_figures(
    model: Path, card: str, records: list[dict[str, str]]
) -> None:
    references = [record["impression"] for record in records]
    drafts = score.answers(model, [record["findings"] for record in records])

    measured = score.table(references, drafts)
    constant = score.constant(references)

    for stratum, row in measured.items():
        for writer, table in (("greedy", measured), ("constant sentence", constant)):
            named = re.search(rf"\| {stratum}, {writer} \| (\d+) \| ([\d.]+) \|", card)
            assert named is not None
            assert int(named[1]) == row["reports"]
            # int8 arithmetic differs a little from one processor to another.
            assert float(named[2]) == pytest.approx(table[stratum]["rouge1"], abs=TOLERANCE)


def test_the_model_beats_the_constant_sentence(model: Path, records: list[dict[str, str]]) -> None:
    references = [record["impression"] for record in records]
    drafts = score.answers(model, [record["findings"] for record in records])

    measured = score.table(references, drafts)

    assert measured["all"]["rouge1"] > score.constant(references)["all"]["rouge1"] + 0.2
    assert measured["normal"]["rouge1"] >= 0.75
    assert measured["abnormal"]["rouge1"] >= 0.55


@pytest.mark.parametrize("phrase", ["not a medical device", "never seen a real report", "Apache-2"])
def test_the_card_says_what_the_model_is_not(card: str, phrase: str) -> None:
    assert phrase in card


@pytest.mark.parametrize("beam", [1, 10])
def test_odd_input_still_earns_an_answer(model: Path, beam: int) -> None:
    odd = [
        "....",
        "12345",
        "x",
        "{findings} {0} %s \\",
        "\u80f8\u90e8\u672a\u89c1\u5f02\u5e38",
        "\U0001f642\U0001f642",
        "\u200b",
        "Lungs clear",
        "The lungs are clear. " * 1000,
        "A" * 20_000,
        "?" * 20_000,
    ]

    drafts = score.answers(model, odd, beam=beam)

    assert [text for text, draft in zip(odd, drafts, strict=True) if not draft.strip()] == []


def test_training_and_serving_use_one_prompt() -> None:
    settings = pytest.importorskip("chalicelib.settings")

    prompts = [value for value in vars(settings).values() if isinstance(value, str)]

    assert config.PROMPT in prompts


def test_braces_in_findings_stay_in_the_prompt() -> None:
    assert config.prompted("{findings} {0}").endswith("Findings: {findings} {0}")


def test_a_model_over_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(bytes(config.SIZE_LIMIT + 1))

    with pytest.raises(ModelTooLargeError, match="over the limit of 4,000,000"):
        check_size(tmp_path)
