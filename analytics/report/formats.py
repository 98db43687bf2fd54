"""Numbers as the page shows them: with the digits that their interval supports."""

from __future__ import annotations

from collections.abc import Callable

from analytics.report.scores import CLINICAL
from analytics.report.statistics import Estimate
from analytics.report.tables import MICRO

_NAMES = {
    "rouge1": "ROUGE-1",
    "rouge2": "ROUGE-2",
    "rougeL": "ROUGE-L",
    "rougeLsum": "ROUGE-Lsum",
    CLINICAL: "Clinical F1",
    MICRO: "Clinical F1, micro",
}
_SMALLEST_P = 0.001


def value(one: Estimate) -> str:
    """A value: 0.45."""
    return f"{one.value:.{one.decimals}f}"


def interval(one: Estimate) -> str:
    """Its interval: [0.42, 0.48]; empty without one."""
    return _between(one, lambda bound: f"{bound:.{one.decimals}f}")


def signed(one: Estimate) -> str:
    """A difference: +0.05."""
    return _signed(one.value, one.decimals)


def signed_interval(one: Estimate) -> str:
    """Its interval: [-0.01, +0.11]; empty without one."""
    return _between(one, lambda bound: _signed(bound, one.decimals))


def _signed(number: float, decimals: int) -> str:
    rounded = round(number, decimals)
    return f"{rounded:+.{decimals}f}" if rounded else f"{0:.{decimals}f}"


def percent(one: Estimate) -> str:
    """A share: 3 %."""
    return f"{100 * one.value:.{one.decimals - 2}f} %"


def percent_interval(one: Estimate) -> str:
    """The interval of a share, in per cent: [1, 7]; empty without one."""
    return _between(one, lambda bound: f"{100 * bound:.{one.decimals - 2}f}")


def _between(one: Estimate, shown: Callable[[float], str]) -> str:
    if one.low is None or one.high is None:
        return ""
    return f"[{shown(one.low)}, {shown(one.high)}]"


def p(one: float) -> str:
    """A p-value: p 0.03, p < 0.001."""
    if one < _SMALLEST_P:
        return f"p < {_SMALLEST_P}"
    return f"p {one:.3f}" if one < 0.1 else f"p {one:.2f}"  # noqa: PLR2004  # two digits


def decimal(one: float) -> str:
    """A number of a distribution, which has no interval: 0.45."""
    return f"{one:.2f}"


def metric(name: str) -> str:
    """A metric's name."""
    return _NAMES.get(name, name)


def flag(name: str) -> str:
    """A flag's name in words; `critical` is not one, but any of three."""
    return "critical disagreement" if name == "critical" else name.replace("_", " ")


def plain(one: object) -> str:
    """Any value; a missing one is a dash."""
    return "-" if one is None else str(one)


FILTERS: dict[str, Callable[..., str]] = {
    "value": value,
    "interval": interval,
    "signed": signed,
    "signed_interval": signed_interval,
    "percent": percent,
    "percent_interval": percent_interval,
    "p": p,
    "decimal": decimal,
    "metric": metric,
    "flag": flag,
    "plain": plain,
}
