"""The errors of the analytics package.

AnalyticsError
├── LakeError             a lake that does not exist or cannot be read
├── QueryError            SQL that Athena would reject too
│   └── UntranslatableError   SQL that Athena accepts but the local engine does not
└── LintError             findings of `analytics lint`

Messages never contain report text.
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
    """Athena would reject the SQL too."""


class UntranslatableError(QueryError):
    """Athena accepts the SQL, but the local engine does not."""


class LintError(AnalyticsError):
    """SQL, the dashboard or a generated file is wrong or stale; `findings` has one line each."""

    exit_status = EXIT_FINDINGS

    def __init__(self, what: str, findings: Sequence[str]) -> None:
        super().__init__(what)
        self.findings = tuple(findings)
