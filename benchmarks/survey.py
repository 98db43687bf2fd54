"""The cost of counting a large file's records, compared with `json.loads` on the same bytes."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING, Any

from benchmarks.figures import Figure, Figures, in_turn, seconds
from benchmarks.reports import records
from chalicelib.intake.decoding import TextStream
from chalicelib.intake.reading import scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.stage import Stage

RECORDS = 100_000
REPEATS = 3
# These reports are repeated: generating 100,000 would take longer than reading them.
DIFFERENT = 1_000
PIECE_BYTES = 1 << 16
CHUNK_RECORDS = 50


def survey(_stage: Stage) -> Figures:
    """Survey an array of 100,000 records: MB/s and peak MB, both also relative to `json.loads`."""
    some = json.dumps(records(DIFFERENT, "large"))[1:-1]
    text = ("[" + ", ".join([some] * (RECORDS // DIFFERENT)) + "]").encode()

    def ours() -> int:
        return scan(TextStream(_pieces(text), len(text)), CHUNK_RECORDS).total

    def theirs() -> int:
        return len(json.loads(text))

    ours_s, theirs_s = in_turn(REPEATS, lambda _: seconds(ours), lambda _: seconds(theirs))
    ours_mb, theirs_mb = _peak_mb(ours), _peak_mb(theirs)
    return {
        "survey_mb_a_second": ours_s.rate(len(text) / 1e6),
        "survey_to_json_loads_speed": theirs_s.to(ours_s),
        "survey_peak_mb": Figure.of(ours_mb),
        "survey_peak_to_json_loads": Figure.of(ours_mb / theirs_mb),
    }


def _pieces(text: bytes) -> Iterator[bytes]:
    for start in range(0, len(text), PIECE_BYTES):
        yield text[start : start + PIECE_BYTES]


def _peak_mb(work: Callable[[], Any]) -> float:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
