"""Trains the two committed models: on synthetic texts, then on synthetic pairs.

Both use the loop that a training job runs.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from pathlib import Path

import sentencepiece
import torch
from transformers import T5Config, T5ForConditionalGeneration

from chalicelib.drafting.masks import normalize_masks
from training.errors import ExamplesError
from training.small_t5 import folder
from training.small_t5.config import Architecture, Schedule, prompted
from training.small_t5.loop import Loop
from training.small_t5.noise import scribble
from training.small_t5.plan import Pair, Plan, Watch
from training.small_t5.progress import say
from training.small_t5.spans import corrupt, draw
from training.small_t5.tokenizer import EOS, FILE, PAD, SENTINELS, encode, train_tokenizer
from training.synthetic import junk
from training.synthetic.held_out import held_out
from training.synthetic.report import Report
from training.synthetic.stream import everyday_reports, training_reports

HELD_OUT = Path("evaluation/held-out.jsonl")
JUNK_SHARE = 0.015
EVERYDAY_SHARE = 0.6
TOKENIZER_REPORTS = 20_000
# The share of pre-training texts that lose their whole impression, not only short spans.
WHOLE_SECTION_SHARE = 0.5
MOST_SPANS_BESIDE_SECTION = 8
LONGEST_FINDINGS = 360


def stream_name(seed: int) -> str:
    """The name of the report stream for a training seed."""
    return f"train-{seed}"


def pre_train(out: Path, examples: Path, plan: Schedule, shape: Architecture) -> Loop:
    """Train a tokenizer and a T5 from scratch by span corruption; writes a model folder.

    Raises:
        ExamplesError: the examples cannot be read.
    """
    out.mkdir(parents=True, exist_ok=True)
    kept_out = held_out(examples)
    clean = training_reports(TOKENIZER_REPORTS, stream_name(plan.seed), kept_out)
    tokenizer = train_tokenizer(list(clean), out, shape.pieces)
    texts = (
        scribble(report, stream_name(plan.seed))
        for report in training_reports(plan.reports, stream_name(plan.seed), kept_out)
    )
    pairs = corrupted(list(texts), tokenizer, plan.seed)
    torch.set_num_threads(plan.threads)
    torch.manual_seed(plan.seed)
    return _train(new_model(shape, tokenizer.vocab_size()), plan, pairs, out / FILE, out)


def fine_tune(out: Path, base: Path, examples: Path, plan: Schedule) -> Loop:
    """Fine-tune a pre-trained model on findings and impressions; writes a model folder.

    Raises:
        ExamplesError: the examples cannot be read.
        SettingError: the base model cannot be loaded.
    """
    return _fine_tune(out, base, training_set(plan, examples), plan)


def broaden(out: Path, examples: Path, plan: Schedule) -> Loop:
    """Train the fine-tuned model in `out` further, mostly on everyday reports.

    Raises:
        ExamplesError: the examples cannot be read.
        SettingError: the model cannot be loaded.
    """
    return _fine_tune(out, out, broadening_set(plan, examples), plan.broadening)


def training_set(plan: Schedule, examples: Path) -> list[Report]:
    """Synthetic reports, some with noise, and a little junk; none of it from the examples."""
    junk_count = round(plan.reports * JUNK_SHARE)
    stream = stream_name(plan.seed)
    synthetic = training_reports(plan.reports - junk_count, stream, held_out(examples))
    return [
        *(scribble(report, stream) for report in synthetic),
        *(junk.junk(stream, index) for index in range(junk_count)),
    ]


def broadening_set(plan: Schedule, examples: Path) -> list[Report]:
    """Everyday reports, beside house reports and junk so that neither is forgotten.

    None of them is in the examples, nor in `training_set`.
    """
    stream = f"{stream_name(plan.seed)}-everyday"
    kept_out = held_out(examples)
    count = plan.broadening.reports
    everyday_count, junk_count = round(count * EVERYDAY_SHARE), round(count * JUNK_SHARE)
    house_count = count - everyday_count - junk_count
    return [
        *everyday_reports(everyday_count, stream, kept_out),
        *(scribble(one, stream) for one in training_reports(house_count, stream, kept_out)),
        *(junk.junk(stream, index) for index in range(junk_count)),
    ]


def corrupted(
    reports: Sequence[Report], tokenizer: sentencepiece.SentencePieceProcessor, seed: int
) -> list[Pair]:
    """Whole reports as text with spans removed, sometimes the whole impression."""
    rng = random.Random(seed)  # noqa: S311  # not cryptographic
    sentinels = [tokenizer.piece_to_id(piece) for piece in SENTINELS]
    heading = tokenizer.encode(" IMPRESSION: ")
    pairs = []
    for report in reports:
        findings = tokenizer.encode(f"FINDINGS: {normalize_masks(report.findings)}")[
            :LONGEST_FINDINGS
        ]
        text = findings + heading + tokenizer.encode(report.impression)
        if rng.random() < WHOLE_SECTION_SHARE:
            spans = draw(len(findings), rng)[:MOST_SPANS_BESIDE_SECTION]
            spans.append((len(findings) + len(heading), len(text)))
        else:
            spans = draw(len(text), rng)
        pairs.append(corrupt(text, spans, sentinels))
    return pairs


def new_model(shape: Architecture, vocabulary: int) -> T5ForConditionalGeneration:
    """An untrained T5; the vocabulary is rounded up to a multiple of eight."""
    return T5ForConditionalGeneration(
        T5Config(
            vocab_size=math.ceil(vocabulary / 8) * 8,
            d_model=shape.d_model,
            d_kv=shape.d_model // shape.heads,
            d_ff=shape.d_ff,
            num_layers=shape.layers,
            num_decoder_layers=shape.layers,
            num_heads=shape.heads,
            dropout_rate=shape.dropout,
            feed_forward_proj="gated-gelu",
            tie_word_embeddings=True,
            pad_token_id=PAD,
            eos_token_id=EOS,
            decoder_start_token_id=PAD,
        )
    )


def held_out_records(examples: Path) -> list[dict[str, str]]:
    """The records that the models are scored on.

    Raises:
        ExamplesError: the file is missing or broken.
    """
    path = examples / HELD_OUT
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise ExamplesError(path, str(error)) from error


def _fine_tune(out: Path, base: Path, reports: Sequence[Report], plan: Schedule) -> Loop:
    torch.set_num_threads(plan.threads)
    model, tokenizer = folder.load(base)
    pairs = [
        (
            encode(tokenizer, prompted(normalize_masks(report.findings)), plan.max_source),
            encode(tokenizer, report.impression, plan.max_target),
        )
        for report in reports
    ]
    return _train(model, plan, pairs, base / FILE, out)


def _train(
    model: T5ForConditionalGeneration,
    plan: Schedule,
    pairs: Sequence[Pair],
    tokenizer: Path,
    out: Path,
) -> Loop:
    settings = Plan(
        epochs=1,
        batch=plan.batch,
        learning_rate=plan.learning_rate,
        warmup=plan.warmup,
        seed=plan.seed,
        log_every=200,
    )
    loop = Loop(model, settings, pairs)
    say(f"{out}: {loop.steps:,} steps over {len(pairs):,} pairs")
    loop.run(Watch(log=lambda figures: say(str(figures))))
    folder.save(loop.trained(), tokenizer, out)
    return loop
