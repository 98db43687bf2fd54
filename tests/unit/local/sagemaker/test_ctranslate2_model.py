"""The adapter, on the weights that come with the project."""

from __future__ import annotations

import re
import shutil
import time
from itertools import pairwise
from pathlib import Path

import pytest

from local.sagemaker import memory
from local.sagemaker.ctranslate2_model import CTranslate2Model
from local.sagemaker.errors import ModelDirectoryError
from local.sagemaker.payload import GenerationParameters

PROMPT = "Generate radiology report impressions based on the following findings. Findings: "
FINDINGS = [
    "The heart is normal in size. The lungs are clear. No pleural effusion or pneumothorax.",
    "There is a small left pleural effusion with adjacent basilar atelectasis.",
    "Cardiac silhouette is mildly enlarged. No focal consolidation.",
]
PROMPTS = [PROMPT + findings for findings in FINDINGS]
GREEDY = GenerationParameters(max_length=80)
BEAMS = GenerationParameters(max_length=80, num_beams=10)


@pytest.fixture(scope="module")
def model(embedded_model_directory: Path) -> CTranslate2Model:
    return CTranslate2Model(embedded_model_directory)


def draws(*, seed: int) -> GenerationParameters:
    return GenerationParameters(
        max_length=40, do_sample=True, num_return_sequences=4, temperature=2.0, seed=seed
    )


@pytest.mark.parametrize("parameters", [GREEDY, BEAMS], ids=["greedy", "beams"])
def test_a_text_has_one_answer_alone_or_in_a_batch(
    model: CTranslate2Model, parameters: GenerationParameters
) -> None:
    together = model.generate(PROMPTS, parameters)
    alone = [model.generate([prompt], parameters)[0] for prompt in PROMPTS]

    assert together == alone
    assert all(len(texts) == 1 and texts[0] for texts in together)


def test_an_answer_is_plain_text(model: CTranslate2Model) -> None:
    for (text,) in model.generate(PROMPTS, BEAMS):
        assert text == text.strip()
        assert not {"\u2581", "\u2047", "<", ">"} & set(text)


def test_max_length_counts_the_start_token(model: CTranslate2Model) -> None:
    longer = model.generate(PROMPTS, GREEDY)
    shorter = model.generate(PROMPTS, GenerationParameters(max_length=3))

    for (long,), (short,) in zip(longer, shorter, strict=True):
        assert long.startswith(short)
        assert len(short) < len(long)
    assert model.generate(PROMPTS, GenerationParameters(max_length=1))


def test_several_beams_come_back_each_once(model: CTranslate2Model) -> None:
    parameters = GenerationParameters(max_length=80, num_beams=4, num_return_sequences=3)

    for texts in model.generate(PROMPTS, parameters):
        assert len(texts) == 3


def test_a_seed_is_reproducible_and_another_seed_is_not(model: CTranslate2Model) -> None:
    first = model.generate(PROMPTS[1:2], draws(seed=7))
    again = model.generate(PROMPTS[1:2], draws(seed=7))
    other = model.generate(PROMPTS[1:2], draws(seed=8))

    assert first == again
    assert first != other


def test_without_do_sample_nothing_is_drawn(model: CTranslate2Model) -> None:
    parameters = GenerationParameters(max_length=80, temperature=5.0, top_k=100, seed=1)

    assert model.generate(PROMPTS, parameters) == model.generate(PROMPTS, GREEDY)


def test_more_choices_than_the_vocabulary_has(model: CTranslate2Model) -> None:
    parameters = GenerationParameters(do_sample=True, top_k=10**9, top_p=0.9)

    assert len(model.generate(PROMPTS, parameters)) == len(PROMPTS)


def test_no_word_comes_twice(model: CTranslate2Model) -> None:
    parameters = GenerationParameters(max_length=80, no_repeat_ngram_size=2)

    for (text,) in model.generate(PROMPTS, parameters):
        words = text.split()
        pairs = list(pairwise(words))
        assert len(pairs) == len(set(pairs))


def test_max_time_ends_the_text(model: CTranslate2Model) -> None:
    hurried = GenerationParameters(max_length=80, max_time=1e-9)
    relaxed = GenerationParameters(max_length=80, max_time=1000)

    assert model.generate(PROMPTS, hurried) != model.generate(PROMPTS, GREEDY)
    assert model.generate(PROMPTS, relaxed) == model.generate(PROMPTS, GREEDY)


def test_input_is_cut_at_512_pieces(model: CTranslate2Model) -> None:
    filler = "The lungs are clear. " * 200
    start = time.monotonic()

    one = model.generate([PROMPT + filler + FINDINGS[1]], GREEDY)
    other = model.generate([PROMPT + filler + FINDINGS[2] * 2000], GREEDY)

    assert one == other
    assert time.monotonic() - start < 30


@pytest.mark.parametrize("text", ["", " ", "\x00", "\n", "😀 œdème 肺", "{findings} %s \\"])
def test_any_text_is_data(model: CTranslate2Model, text: str) -> None:
    ((answer,),) = model.generate([text], GREEDY)

    assert isinstance(answer, str)


@pytest.mark.parametrize("missing", ["model.safetensors", "config.json", "sentencepiece.model"])
def test_a_directory_without_one_of_the_files(
    tmp_path: Path, embedded_model_directory: Path, missing: str
) -> None:
    copy = shutil.copytree(embedded_model_directory, tmp_path / "model")
    (copy / missing).unlink()

    with pytest.raises(ModelDirectoryError, match=f"{re.escape(missing)} is missing"):
        CTranslate2Model(copy)


@pytest.mark.parametrize("broken", ["model.safetensors", "config.json", "sentencepiece.model"])
def test_a_directory_with_a_broken_file(
    tmp_path: Path, embedded_model_directory: Path, broken: str
) -> None:
    copy = shutil.copytree(embedded_model_directory, tmp_path / "model")
    (copy / broken).write_bytes(b"not a model\n" * 10)

    with pytest.raises(ModelDirectoryError, match=r"cannot be (read|loaded)") as raised:
        CTranslate2Model(copy)

    assert "\n" not in str(raised.value)


def test_no_directory(tmp_path: Path) -> None:
    with pytest.raises(ModelDirectoryError, match=r"config\.json is missing"):
        CTranslate2Model(tmp_path / "none")


def test_the_vote_heeds_the_findings(tmp_path: Path, embedded_model_directory: Path) -> None:
    """More of the stored reports have the wrong side than the right one."""
    copy = shutil.copytree(embedded_model_directory, tmp_path / "model")
    prompt = PROMPTS[1]  # a small left effusion
    other = ("Unlike the rest.", "No acute disease.")
    wrong, right = (f"Small {side} pleural effusion." for side in ("right", "left"))
    memory.write(copy, [*[(prompt, wrong)] * 7, *[(prompt, right)] * 3, other])

    ((answer,),) = CTranslate2Model(copy).generate([prompt], BEAMS)

    assert "left" in answer.lower()
    assert "right" not in answer.lower()
