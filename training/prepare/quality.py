"""Measures the pairs that are kept: the data-quality part of `report.json`, without any text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from training.prepare import noise, tokens
from training.prepare.report import Pair

_BINS = 24
_QUANTILES = {"min": 0.0, "quartile_1": 0.25, "median": 0.5, "quartile_3": 0.75, "p95": 0.95}


class Lengths:
    """The distribution of a length: counts by value, so memory is bounded by the longest text."""

    def __init__(self) -> None:
        """Start empty."""
        self._counts: Counter[int] = Counter()

    def add(self, length: int) -> None:
        """Count a length."""
        self._counts[length] += 1

    def as_json(self) -> dict[str, Any]:
        """Quantiles (the least value that so many are not above), maximum, mean and histogram."""
        total = self._counts.total()
        if not total:
            return {}
        values = sorted(self._counts)
        found: dict[str, Any] = {
            name: self._quantile(values, share * total) for name, share in _QUANTILES.items()
        }
        found["max"] = values[-1]
        found["mean"] = round(sum(v * n for v, n in self._counts.items()) / total, 1)
        return {**found, "histogram": self._histogram(found["p95"])}

    def _quantile(self, values: list[int], rank: float) -> int:
        below = 0
        for value in values:
            below += self._counts[value]
            if below >= rank:
                return value
        return values[-1]

    def _histogram(self, most: int) -> list[dict[str, int]]:
        """Bins of equal width up to twice the 95th percentile; the last one is open."""
        width = max(1, -(-2 * most // _BINS))
        bins = [0] * _BINS
        for value, count in self._counts.items():
            bins[min(value // width, _BINS - 1)] += count
        while len(bins) > 1 and not bins[-1]:
            bins.pop()
        return [{"from": at * width, "reports": count} for at, count in enumerate(bins)]


class Quality:
    """What is known about the pairs that are kept."""

    def __init__(self, limits: tokens.Limits, counter: tokens.Counter) -> None:
        """Start empty."""
        self._limits, self._counter = limits, counter
        self._lengths = {
            f"{text}_{unit}": Lengths()
            for text in ("findings", "impression")
            for unit in ("characters", "words", "tokens")
        }
        self._kept: Counter[str] = Counter()
        self._normal: Counter[str] = Counter()
        self._prior: Counter[str] = Counter()
        self._over: Counter[str] = Counter()
        self._likeliest = noise.Likeliest()

    def over(self, prompt: str, target: str) -> list[str]:
        """What a model would cut off: the limits that are exceeded, certainly or by the count."""
        found = []
        for name, text, most in (
            ("max_input_length", prompt, self._limits.max_input_length),
            ("max_output_length", target, self._limits.max_output_length),
        ):
            if self._counter.is_over(text, most):
                found.append(name)
            if tokens.least(text) > most:
                found.append(f"{name}_certainly")
        return found

    def count_over(self, names: Iterable[str]) -> None:
        """Count the limits that a pair exceeds."""
        self._over.update(names)

    def add(self, split: str, pair: Pair, *, contradicted: bool) -> None:
        """Measure a pair, with its masks as they are written."""
        for text, value in (("findings", pair.findings), ("impression", pair.impression)):
            self._lengths[f"{text}_characters"].add(len(value))
            self._lengths[f"{text}_words"].add(len(value.split()))
            self._lengths[f"{text}_tokens"].add(self._counter.count(value))
            self._prior[text] += noise.mentions_prior(value)
        self._kept[split] += 1
        self._normal[split] += noise.is_normal(pair.impression)
        self._likeliest.add(pair, contradicted=contradicted)

    def as_json(self) -> dict[str, Any]:
        """The figures, by name."""
        over, limits = self._over, self._limits
        return {
            "lengths": {name: one.as_json() for name, one in self._lengths.items()},
            "tokens": {
                "counted_with": "the given tokenizer"
                if self._counter.is_exact
                else "the embedded model's tokenizer (an estimate for other models)",
                "max_input_length": limits.max_input_length,
                "max_output_length": limits.max_output_length,
                "prompts_over": over["max_input_length"],
                "prompts_certainly_over": over["max_input_length_certainly"],
                "targets_over": over["max_output_length"],
                "targets_certainly_over": over["max_output_length_certainly"],
                "left_out": limits.leave_out,
            },
            "normal": _shares(self._normal, self._kept),
            "prior_studies": _shares(
                self._prior, dict.fromkeys(("findings", "impression"), self._kept.total())
            ),
            "likeliest_noise": [
                {"report_id": one.report_id, "reasons": list(one.reasons)}
                for one in self._likeliest.sorted()
            ],
        }


def _shares(counts: Mapping[str, int], totals: Mapping[str, int]) -> dict[str, Any]:
    return {
        name: {"reports": counts[name], "share": round(counts[name] / total, 4) if total else None}
        for name, total in totals.items()
    }
