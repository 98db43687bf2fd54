"""Errors of the local stack; each message is one line that names the item and the next step.

LocalError
├── PackageError            the zip or the templates cannot be built
│   └── LintError           cfn-lint has findings
├── ProcessError            a background process does not start, respond or stop
│   └── InvokeError         a function that the user invokes fails
├── DeployError             a resource cannot be created or updated
├── PurgeError              the state folder contains other things, or cannot be deleted
└── StalledError            some uploaded files get no result
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from common.errors import CommandError, one_line


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


class PurgeError(LocalError):
    """The state folder contains things that are not the stack's, or cannot be deleted."""

    def __init__(self, folder: Path, foreign: Sequence[str]) -> None:
        """`foreign` are the names in `folder` that the stack did not make."""
        names = ", ".join(foreign)
        super().__init__(
            f"{folder} also contains {names}, which the local stack did not make; nothing was "
            "deleted: move it elsewhere and purge again"
        )

    @classmethod
    def of(cls, error: OSError, path: Path) -> PurgeError:
        """Something of the stack's cannot be deleted."""
        made = cls(path, ())
        made.args = (f"{path} cannot be deleted ({one_line(error)}): delete it yourself",)
        return made


class StalledError(LocalError):
    """Some uploaded files get no result."""
