"""Groups of rows and their statistics, by pandas; what is not defined is None."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from .lakes import Row


def groups(rows: Iterable[Row], by: Sequence[str]) -> Iterator[tuple[Row, pd.DataFrame]]:
    """The rows by these columns, null being a value of its own."""
    listed = list(rows)
    if not listed:
        return
    names = list(dict.fromkeys(name for row in listed for name in row))
    frame = pd.DataFrame(listed, columns=names, dtype=object)
    for key, of in frame.groupby(list(by), dropna=False, sort=False):
        yield {name: plain(value) for name, value in zip(by, key, strict=True)}, of


def plain(value: Any) -> Any:
    """A value, or None for pandas' NaN."""
    return None if pd.isna(value) else value


def numbers(series: pd.Series[Any]) -> pd.Series[float]:
    """The values that are there."""
    return pd.to_numeric(series).dropna().astype(float)


def mean(series: pd.Series[Any]) -> Any:
    return plain(numbers(series).mean())


def std(series: pd.Series[Any]) -> Any:
    return plain(numbers(series).std())


def sem(series: pd.Series[Any]) -> Any:
    return plain(numbers(series).sem())


def count(series: pd.Series[Any]) -> int:
    return len(numbers(series))


def total(series: pd.Series[Any]) -> Any:
    """The sum as SQL has it: null if there is nothing."""
    found = numbers(series)
    return None if found.empty else found.sum()
