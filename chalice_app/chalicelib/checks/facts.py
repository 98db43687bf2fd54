"""What a text says: one fact for each finding that it mentions."""

from __future__ import annotations

from typing import Literal, NamedTuple

Status = Literal["present", "absent", "uncertain"]
Side = Literal["left", "right", "both", "none"]
Change = Literal["new", "worse", "stable", "better"]


class Fact(NamedTuple):
    """One mention of a finding.

    Attributes:
        finding: its name in the lexicon. A normal statement is a finding too: "clear lungs".
        status: whether the text says that it is there.
        side: "none" where the text gives none, or the finding has none.
        size: as measured ("9.9 cm"), or else a grade ("small", "mild to moderate"); None if
            neither is given.
        change: compared with an earlier examination; None if nothing is said.
        span: where it stands in the text: the first and the last character, and all between,
            as for slices.
        side_spans: where the side is said, if apart from `span`: "effusion, moderate, on the
            left". At most one place for each of left, right and both.
    """

    finding: str
    status: Status
    side: Side
    size: str | None
    change: Change | None
    span: tuple[int, int]
    side_spans: tuple[tuple[int, int], ...] = ()
