"""The errors of the analytics package.

AnalyticsError
├── LakeError             a lake that is not there, denied or not readable
├── QueryError            SQL that Athena would refuse, or that names what does not exist
│   └── UntranslatableError   SQL that Athena runs and the local engine does not
└── LintError             findings of `analytics lint`, or a file that is not fresh

Messages never hold the text of a report.
"""

from __future__ import annotations

from collections.abc import Sequence

from common.errors import EXIT_FINDINGS, CommandError


class AnalyticsError(CommandError):
    """Base of every error that a user of `python -m analytics` can cause."""


class LakeError(AnalyticsError):
    """The lake `place` cannot be read."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place


class QueryError(AnalyticsError):
    """The SQL is wrong for Athena too."""


class UntranslatableError(QueryError):
    """Athena runs this, the local engine does not."""


class LintError(AnalyticsError):
    """Something that is kept as code is wrong or stale; `findings` says what, one per line."""

    exit_status = EXIT_FINDINGS

    def __init__(self, what: str, findings: Sequence[str]) -> None:
        super().__init__(what)
        self.findings = tuple(findings)
