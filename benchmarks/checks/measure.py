"""Everything that is measured of the labeller and the checks, as figures and as tables."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tabulate import tabulate

from benchmarks.checks import radlabels, sentences
from benchmarks.checks.agreement import Counts
from benchmarks.checks.rates import Rate, rates
from benchmarks.checks.seeded import Detection, Pair, alarms, detections
from benchmarks.figures import Figure, Figures
from chalicelib.checks.check import check
from chalicelib.checks.clinical_f1 import stratum
from chalicelib.checks.labeller import label
from chalicelib.output import baselines
from common.paths import ROOT
from training.synthetic.stream import reports

if TYPE_CHECKING:
    from benchmarks.stage import Stage

# Files of your own reports, as for the tests: JSON Lines with `findings` and `impression`.
REAL_REPORTS = "REAL_REPORTS"
INVENTED = 1_000
SEED = "checks"
_NEGATIONS = ("negation dropped", "negation added")


class Measured(NamedTuple):
    """What one collection of reports showed.

    Attributes:
        name: of the collection.
        pairs: how many reports it has.
        found: the errors of each kind.
        alarmed: how many of the radiologists' own impressions got each flag.
        rates: how many drafts of several kinds disagree with their findings.
        strata: how many of them both rules for normal and abnormal classify alike.
        milliseconds: of one check, findings and draft, on average.
    """

    name: str
    pairs: int
    found: Mapping[str, Detection]
    alarmed: Mapping[str, int]
    rates: Mapping[str, Rate]
    strata: int
    milliseconds: float


def invented() -> list[Pair]:
    """Invented reports: 1,000 from the generator, and the held-out examples."""
    examples = ROOT / "examples" / "evaluation" / "held-out.jsonl"
    generated = [Pair(one.findings, one.impression) for one in reports(INVENTED, SEED)]
    return [*generated, *_pairs(examples)]


def real() -> list[Pair]:
    """The pairs of the files that REAL_REPORTS names, separated like a PATH; none without it."""
    files = [Path(name) for name in os.environ.get(REAL_REPORTS, "").split(os.pathsep) if name]
    return [pair for file in files for pair in _pairs(file)]


def _pairs(file: Path) -> Iterator[Pair]:
    for line in file.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record.get("findings") and record.get("impression"):
            yield Pair(record["findings"], record["impression"])


def measured(name: str, pairs: Sequence[Pair]) -> Measured:
    """Seeded errors, false alarms, strata and time of one collection."""
    began = time.perf_counter()
    for pair in pairs:
        check(pair.findings, pair.impression)
    milliseconds = 1000 * (time.perf_counter() - began) / max(len(pairs), 1)
    alike = sum(stratum(one.impression) == baselines.stratum(one.impression) for one in pairs)
    return Measured(
        name, len(pairs), detections(pairs), alarms(pairs), rates(pairs), alike, milliseconds
    )


def checks(stage: Stage) -> Figures:
    """The figures of `make bench GROUPS=checks`; downloads the labelled reports."""
    del stage
    agreed = radlabels.agreement(radlabels.wheel())
    one = measured("invented", invented())
    figures: Figures = {
        "labels_finding_f1": Figure.of(agreed["findings"].f1),
        "labels_absent_f1": Figure.of(agreed["absent"].f1),
        "labels_status_f1": Figure.of(agreed["status"].f1),
        "labels_status_hedged_as_present_f1": Figure.of(agreed["status, hedged as present"].f1),
        "labels_sentences_f1": Figure.of(sentences.agreement()["all of it"].f1),
        "labels_ms_a_report": Figure.of(label_milliseconds(invented())),
        "checks_side": Figure.of(one.found["side flipped"].share),
        "checks_negation": Figure.of(negations(one.found).share),
        "checks_swap": Figure.of(one.found["another patient's impression"].share),
        "checks_omission": Figure.of(one.found["main finding removed"].share),
        "checks_false_disagreements": Figure.of(
            one.alarmed["wrong_side or contradicted"] / one.pairs
        ),
    }
    return figures


def label_milliseconds(pairs: Sequence[Pair]) -> float:
    """The average milliseconds for the findings of a report."""
    label("")  # the lexicon is compiled on first use
    began = time.perf_counter()
    for pair in pairs:
        label(pair.findings)
    return 1000 * (time.perf_counter() - began) / max(len(pairs), 1)


def negations(found: Mapping[str, Detection]) -> Detection:
    """Dropped and added negations together."""
    parts = [found[kind] for kind in _NEGATIONS]
    return Detection(sum(one.errors for one in parts), sum(one.found for one in parts))


def tables(*, labelled: bool = True) -> Iterator[str]:
    """The tables in Markdown; without `labelled`, not the one that needs a download."""
    if labelled:
        yield _agreement("1,000 reports of radlabels", radlabels.agreement(radlabels.wheel()))
    yield _agreement("310 invented sentences, labelled by hand", sentences.agreement())
    second = sentences.agreement(sentences.SECOND)
    yield _agreement("60 more, written after the tuning", second)
    collections = [measured("invented", invented())]
    pairs = real()
    if pairs:
        collections.append(measured("real", pairs))
    yield _detections(collections)
    yield _alarms(collections)
    yield _rates(collections)
    yield "\n".join(
        f"{one.name}: both rules for normal and abnormal agree on {one.strata} of {one.pairs};"
        f" {one.milliseconds:.1f} ms for one check"
        for one in collections
    )


def _agreement(title: str, counts: Mapping[str, Counts]) -> str:
    rows = [
        (name, f"{one.precision:.3f}", f"{one.recall:.3f}", f"{one.f1:.3f}")
        for name, one in counts.items()
    ]
    return _table([title, "precision", "recall", "F1"], rows)


def _detections(collections: Sequence[Measured]) -> str:
    rows = []
    for kind in collections[0].found:
        row = [kind]
        for one in collections:
            row.append(f"{one.found[kind].found} of {one.found[kind].errors}")
            row.append(f"{one.found[kind].share:.3f}")
        rows.append(row)
    both = ["negations together"]
    for one in collections:
        together = negations(one.found)
        both += [f"{together.found} of {together.errors}", f"{together.share:.3f}"]
    return _table(["Seeded errors", *_heads(collections)], [*rows, both])


def _alarms(collections: Sequence[Measured]) -> str:
    rows = []
    for flag in collections[0].alarmed:
        row = [flag]
        for one in collections:
            row += [str(one.alarmed[flag]), f"{one.alarmed[flag] / one.pairs:.1%}"]
        rows.append(row)
    return _table(["Flags on radiologists' own impressions", *_heads(collections)], rows)


def _rates(collections: Sequence[Measured]) -> str:
    rows = []
    for kind in collections[0].rates:
        row = [kind]
        for one in collections:
            rate = one.rates[kind]
            row += [f"{rate.disagreeing} of {rate.compared}", f"{rate.share:.1%}"]
        rows.append(row)
    heads = [head for one in collections for head in (one.name, "share")]
    return _table(["Drafts in disagreement", *heads], rows)


def _heads(collections: Sequence[Measured]) -> list[str]:
    return [head for one in collections for head in (f"{one.name} ({one.pairs:,})", "share")]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return tabulate(rows, heads, tablefmt="github", disable_numparse=True)
