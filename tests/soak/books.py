"""What the ledger compares: what was uploaded, the results that stand, and the lake's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of a content: its good records by report id, and how many fail.

    `is_rejected`: the file cannot be read and fails as a whole, as one failure.
    """

    good: tuple[str, ...] = ()
    bad: int = 0
    is_rejected: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """One version of one landing object; only the newest one's result may stand."""

    key: str
    version_id: str
    etag: str
    expected: Expected
    is_newest: bool = True

    @property
    def models(self) -> tuple[str, ...]:
        """The roles of the models that draft its records."""
        is_evaluation = self.key.startswith("evaluation/")
        return ("fine-tuned", "pre-trained") if is_evaluation else ("fine-tuned",)


@dataclass(frozen=True, slots=True)
class Entry:
    """The outcome of one record with one model, in a result; `error` is empty if it is drafted."""

    report_id: str | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """The result that stands under a key; `version_id` is None if it does not say."""

    key: str
    etag: str
    status: str
    entries: tuple[Entry, ...]
    version_id: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the lake, of any table; members that its table lacks are None."""

    table: str
    run_id: str
    key: str
    etag: str | None = None
    version_id: str | None = None
    index: int | None = None
    role: str | None = None
    report_id: str | None = None
    metric: str | None = None
    error: str | None = None
    has_reference: bool = False


@dataclass(frozen=True, slots=True)
class Books:
    """Everything at one moment.

    `acknowledged` are the key and version id of each upload that S3 confirmed, `dead_letters` the
    bodies in the dead-letter queue, `poison` the bodies that the soak itself sent to end there.
    """

    uploads: Sequence[Upload] = ()
    acknowledged: Sequence[tuple[str, str]] = ()
    results: Sequence[Result] = ()
    rows: Sequence[Row] = field(default_factory=tuple)
    dead_letters: Sequence[str] = ()
    poison: frozenset[str] = frozenset()
