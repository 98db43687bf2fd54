"""Errors of the local stack; every message is one line that names the item and the next step.

LocalError
├── EnvironmentSetupError   an interpreter or a virtual environment cannot be used
├── LockError               a requirement list cannot be resolved
├── PackageError            the zip or the templates cannot be built
│   └── LintError           cfn-lint has findings
├── ProcessError            a background process does not start, answer or stop
│   └── InvokeError          a function that is called by hand fails
├── DeployError             a resource cannot be created or updated
├── StateError              the state file cannot be read
├── UsageError              an argument of a command names nothing that exists
└── StalledError            some dropped files get no result
"""

from __future__ import annotations

from pathlib import Path


class LocalError(Exception):
    """Something that the user can mend; never shown with a traceback."""


class EnvironmentSetupError(LocalError):
    """An interpreter or a virtual environment cannot be used."""


class LockError(LocalError):
    """A requirement list cannot be resolved to a lock."""


class PackageError(LocalError):
    """The deployment zip or its templates cannot be built."""


class LintError(PackageError):
    """A template has findings."""

    def __init__(self, message: str, findings: str) -> None:
        """`findings` as cfn-lint prints them, a line each."""
        super().__init__(message)
        self.findings = findings


class ProcessError(LocalError):
    """A background process does not start, answer or stop."""

    def __init__(self, message: str, log: Path) -> None:
        """`log` is the process's log file, named in the message."""
        super().__init__(f"{message}; see {log}")
        self.log = log


class InvokeError(ProcessError):
    """A function that is called by hand fails."""


class DeployError(LocalError):
    """A resource cannot be created or updated."""

    def __init__(self, resource: str, reason: str) -> None:
        """`resource` by its logical id and type, `reason` as CloudFormation gives it."""
        super().__init__(f"{resource}: {reason}")
        self.resource = resource
        self.reason = reason


class StateError(LocalError):
    """The state file cannot be read."""


class UsageError(LocalError):
    """An argument of a command names nothing that exists."""


class StalledError(LocalError):
    """Some dropped files get no result."""
