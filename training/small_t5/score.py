"""The converted model's answers and their ROUGE, compared with the constant sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import ctranslate2
import sentencepiece
from rouge_score.rouge_scorer import RougeScorer

from chalicelib.drafting.masks import normalize_masks
from chalicelib.output.baselines import stratum
from chalicelib.settings import DEFAULT_BASELINE
from local.sagemaker.conversion import convert
from training.small_t5.config import prompted
from training.small_t5.tokenizer import FILE, SENTINELS

METRICS = ("rouge1", "rouge2", "rougeL")
LONGEST_INPUT = 512
LONGEST_ANSWER = 128
BATCH = 32
# With patience 1 the search ends at its first finished beam, sometimes far from the best one.
PATIENCE = 2

Table = dict[str, dict[str, float]]


def answers(model: Path, findings: Sequence[str], beam: int = 1) -> list[str]:
    """The int8 model's impressions for findings, in order."""
    tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(model / FILE))
    runner = ctranslate2.Translator(
        "model", files=convert(model), device="cpu", intra_threads=1, compute_type="int8"
    )
    sources = [
        [
            *tokenizer.encode(prompted(normalize_masks(text)), out_type=str)[: LONGEST_INPUT - 1],
            "</s>",
        ]
        for text in findings
    ]
    results = runner.translate_batch(
        sources,
        beam_size=beam,
        patience=PATIENCE if beam > 1 else 1,
        max_decoding_length=LONGEST_ANSWER,
        max_batch_size=BATCH,
    )
    return [
        tokenizer.decode_pieces([p for p in result.hypotheses[0] if p not in SENTINELS])
        for result in results
    ]


def table(references: Sequence[str], candidates: Sequence[str]) -> Table:
    """Mean F1 by stratum and metric (no stemmer), with the number of reports as `reports`."""
    scorer = RougeScorer(list(METRICS), use_stemmer=False)
    rows = [
        (stratum(reference), scorer.score(reference, candidate))
        for reference, candidate in zip(references, candidates, strict=True)
    ]
    result: Table = {}
    for name in ("all", "normal", "abnormal"):
        scores = [score for kind, score in rows if name in ("all", kind)]
        means = {m: _mean(score[m].fmeasure for score in scores) for m in METRICS}
        result[name] = {"reports": len(scores), **means}
    return result


def constant(references: Sequence[str]) -> Table:
    """The table of the constant sentence."""
    return table(references, [DEFAULT_BASELINE] * len(references))


def compare(model: Path, records: Sequence[Mapping[str, str]]) -> dict[str, Table]:
    """Tables of the model, greedy and with ten beams, and of the constant sentence."""
    references = [record["impression"] for record in records]
    findings = [record["findings"] for record in records]
    return {
        "greedy": table(references, answers(model, findings)),
        "beam 10": table(references, answers(model, findings, beam=10)),
        "constant sentence": constant(references),
    }


def _mean(values: Iterable[float]) -> float:
    items = list(values)
    return sum(items) / len(items) if items else 0.0
