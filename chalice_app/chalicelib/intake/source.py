"""What every lake row records about its landing object, and the format of timestamps."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from chalicelib.queue.messages import WorkItem


class Source(msgspec.Struct, frozen=True):
    """What every row records about the landing object, and the row's timestamp."""

    work: WorkItem
    modified: datetime

    @property
    def day(self) -> str:
        """The partition: the UTC day of LastModified."""
        return self.modified.astimezone(UTC).strftime("%Y-%m-%d")

    @property
    def stamp(self) -> str:
        """LastModified in the format of the tables."""
        return timestamp(self.modified)


def timestamp(moment: datetime) -> str:
    """Format a time so that both Athena and DuckDB can read it: UTC, milliseconds, no zone."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
    )
