"""What every row of the lake knows of its landing object, and how times are written."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from chalicelib.queue.messages import WorkItem


class Source(msgspec.Struct, frozen=True):
    """What every row knows of the landing object, and its one time."""

    work: WorkItem
    modified: datetime

    @property
    def day(self) -> str:
        """The partition: the UTC day of LastModified."""
        return self.modified.astimezone(UTC).strftime("%Y-%m-%d")

    @property
    def stamp(self) -> str:
        """LastModified as the tables write it."""
        return timestamp(self.modified)


def timestamp(moment: datetime) -> str:
    """Write a time as Athena and DuckDB both read it: UTC, milliseconds, no zone."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
    )
