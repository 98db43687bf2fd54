"""Span corruption, and the int8 conversion beside what transformers answers."""

from __future__ import annotations

import itertools
import json
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from chalicelib.drafting.masks import normalize_masks
from common.paths import ROOT
from tests.torch.tiny_job import tiny_model
from training.small_t5 import folder, make, spans
from training.small_t5.config import Schedule, prompted
from training.small_t5.score import answers
from training.small_t5.tokenizer import EOS, SENTINELS
from training.synthetic.held_out import held_out
from training.synthetic.stream import normalised

MODEL = ROOT / "local" / "models" / "fine-tuned"
SENTINEL_IDS = list(range(1000, 1032))


def test_source_and_target_of_the_papers_form() -> None:
    source, target = spans.corrupt([1, 2, 3, 4, 5, 6], [(1, 3), (5, 6)], SENTINEL_IDS)
    assert source == [1, 1000, 4, 5, 1001, EOS]
    assert target == [1000, 2, 3, 1001, 6, EOS]


@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_lost_and_the_share_is_the_papers(seed: int) -> None:
    rng = random.Random(seed)
    pieces = list(range(10, 10 + rng.randrange(1, 190)))
    drawn = spans.draw(len(pieces), rng)
    assert drawn
    assert all(stop > start for start, stop in drawn)
    # Apart: two spans that touch would be one.
    assert all(first[1] < second[0] for first, second in itertools.pairwise(drawn))
    source, target = spans.corrupt(pieces, drawn, SENTINEL_IDS)
    restored = [
        piece
        for one in source[:-1]
        for piece in (_span(one, target) if one in SENTINEL_IDS else [one])
    ]
    assert restored == pieces
    assert (source[-1], target[-1]) == (EOS, EOS)
    taken = sum(stop - start for start, stop in drawn)
    assert taken <= max(1, round(len(pieces) * spans.NOISE))


def _span(sentinel: int, target: list[int]) -> list[int]:
    start = target.index(sentinel) + 1
    stop = next(i for i in range(start, len(target)) if target[i] in (*SENTINEL_IDS, EOS))
    return target[start:stop]


def test_more_spans_than_sentinels_are_left_in_the_text() -> None:
    source, target = spans.corrupt([1, 2, 3, 4], [(0, 1), (2, 3)], SENTINEL_IDS[:1])
    assert source == [1000, 2, 3, 4, EOS]
    assert target == [1000, 1, EOS]


def test_the_same_seed_draws_the_same_spans() -> None:
    assert spans.draw(50, random.Random(3)) == spans.draw(50, random.Random(3))


def test_the_int8_model_answers_as_transformers_does() -> None:
    """Greedy, on held-out reports: rounding to int8 may turn a rare near-tie."""
    path = ROOT / "examples" / "evaluation" / "held-out.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()[:40]
    findings = [json.loads(line)["findings"] for line in lines]
    model, tokenizer = folder.load(MODEL)
    model.eval()
    expected = []
    for text in findings:
        pieces = [*tokenizer.encode(prompted(normalize_masks(text)))[:511], EOS]
        with torch.no_grad():
            made = model.generate(torch.tensor([pieces]), max_new_tokens=128, do_sample=False)
        words = tokenizer.id_to_piece([int(one) for one in made[0] if int(one) > EOS])
        expected.append(tokenizer.decode_pieces([p for p in words if p not in SENTINELS]))
    same = sum(a == b for a, b in zip(answers(MODEL, findings), expected, strict=True))
    assert same >= 36


def test_the_last_stage_has_reports_of_all_kinds_that_no_other_stage_has() -> None:
    plan = Schedule(reports=800)
    examples = ROOT / "examples"

    reports = make.broadening_set(plan, examples)

    kinds = Counter(
        "everyday" if "everyday" in r.report_id.split("-")[3:] else r.scenario for r in reports
    )
    assert len(reports) == 200
    assert kinds["everyday"] == 120
    assert kinds["junk"] == 3
    texts = {normalised(r.findings) for r in reports}
    earlier = {normalised(r.findings) for r in make.training_set(plan, examples)}
    assert texts.isdisjoint(held_out(examples))
    assert len(texts & earlier) <= 4  # the shortest normal reports occur again by chance


def test_the_last_stage_goes_on_from_the_weights_that_are_there(tmp_path: Path) -> None:
    for path in tiny_model().iterdir():
        shutil.copy(path, tmp_path)
    before = load_file(tmp_path / "model.safetensors")

    make.broaden(tmp_path, ROOT / "examples", Schedule(reports=120, warmup=2))

    after = load_file(tmp_path / "model.safetensors")
    assert any(not torch.equal(before[name], after[name]) for name in before)
    # One step or two from there, not from new weights.
    far = max((before[name].float() - after[name].float()).abs().max() for name in before)
    assert far < 0.05
