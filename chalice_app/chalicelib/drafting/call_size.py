"""The most records per call to an endpoint, reduced when a call turns out to be too large.

A GPU drafts many texts in little more than the time of one, until its memory or the 60 seconds of
an invocation are used up. How many fit depends on the instance and on the length of the texts, so
the setting is only where each process begins.
"""

from __future__ import annotations

import threading
from collections import Counter

from chalicelib.drafting import codecs
from chalicelib.settings import Model

# So many full calls in a row must succeed before twice as many records are tried again.
CALLS_TO_GROW = 50


class CallSizes:
    """The call size of every endpoint, as learned by this process; safe for several threads."""

    def __init__(self) -> None:
        """Begin without limits below the setting."""
        self._lock = threading.Lock()
        self._limits: dict[str, int] = {}
        self._succeeded: Counter[str] = Counter()

    def most(self, model: Model, wanted: int) -> int:
        """The most records per call; at most `wanted`, the setting."""
        size = codecs.records_per_request(model.codec, wanted)
        return min(size, self._limits.get(model.endpoint_name, size))

    def note_too_many(self, model: Model, records: int) -> None:
        """A call of so many records failed, and the same records in smaller calls did not."""
        with self._lock:
            limit = self._limits.get(model.endpoint_name, records)
            self._limits[model.endpoint_name] = max(1, min(limit, records // 2))
            self._succeeded[model.endpoint_name] = 0

    def note_success(self, model: Model, records: int) -> None:
        """A call of so many records succeeded."""
        name = model.endpoint_name
        with self._lock:
            if records < self._limits.get(name, records + 1):
                return
            self._succeeded[name] += 1
            if self._succeeded[name] >= CALLS_TO_GROW:
                self._limits[name] *= 2
                self._succeeded[name] = 0
