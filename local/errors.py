"""Errors of the local stack; each message is one line that names the item and the next step.

LocalError
├── PackageError            the zip or the templates cannot be built
│   └── LintError           cfn-lint has findings
├── ProcessError            a background process does not start, respond or stop
│   └── InvokeError         a function that the user invokes fails
├── DeployError             a resource cannot be created or updated
└── StalledError            some uploaded files get no result
"""

from __future__ import annotations

from pathlib import Path

from common.errors import CommandError


class LocalError(CommandError):
    """An error that the user can fix; never shown with a traceback."""


class PackageError(LocalError):
    """The deployment zip or its templates cannot be built."""


class LintError(PackageError):
    """A template has findings."""

    def __init__(self, message: str, findings: str) -> None:
        """`findings` is the output of the tool, one finding per line."""
        super().__init__(message)
        self.findings = findings


class ProcessError(LocalError):
    """A background process does not start, respond or stop."""

    def __init__(self, message: str, log: Path) -> None:
        """`log` is the process's log file, which the message names."""
        super().__init__(f"{message}; see {log}")
        self.log = log


class InvokeError(ProcessError):
    """A function that the user invokes fails."""


class DeployError(LocalError):
    """A resource cannot be created or updated."""

    def __init__(self, resource: str, reason: str) -> None:
        """`resource` is its logical id and type, `reason` the one that CloudFormation reports."""
        super().__init__(f"{resource}: {reason}")
        self.resource = resource
        self.reason = reason


class StalledError(LocalError):
    """Some uploaded files get no result."""
