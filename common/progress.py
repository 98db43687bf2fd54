"""Progress on stderr: a bar on a terminal, a plain line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Self

from tqdm import tqdm

if TYPE_CHECKING:
    from types import TracebackType

LINE_EVERY_S = 5.0


class ProgressBar:
    """Counts up to a total, or without one if it is not known."""

    def __init__(self, title: str, total: int | None, *, quiet: bool) -> None:
        """`quiet` shows nothing; `total` is None if it is not known."""
        self._title, self._total = title, total
        self._lines = not quiet and not sys.stderr.isatty()
        self._last_line = time.monotonic()
        shown = not quiet and sys.stderr.isatty()
        self._bar: Any = tqdm(
            total=total, desc=title, unit="record", disable=not shown, leave=False
        )

    def __enter__(self) -> Self:
        """Enter the context; the bar is removed when it ends."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the bar."""
        self._bar.close()

    def at(self, done: int) -> None:
        """Show how many are done."""
        self._bar.update(done - self._bar.n)
        if self._lines and time.monotonic() - self._last_line >= LINE_EVERY_S:
            self._last_line = time.monotonic()
            end = "" if self._total is None else f" of {self._total}"
            sys.stderr.write(f"{self._title}: {done}{end}\n")
