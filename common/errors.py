"""Errors of all command lines; each message is one line that says what to do next.

CommandError
├── UsageError              an argument names something that does not exist
├── EnvironmentSetupError   an interpreter or a virtual environment cannot be used
├── PipSettingsError        pip's settings cannot be told to uv
├── LockError               a requirement list cannot be resolved
├── SettingError            an argument or a setting is not valid
├── AwsError                AWS rejected a call, or could not be reached
└── StateError              the local stack's state file cannot be read

The packages' base classes (`LocalError`, `TrainingError`, `AnalyticsError`) have the same root.
"""

from __future__ import annotations

EXIT_DONE, EXIT_FINDINGS, EXIT_USAGE, EXIT_SET_UP = 0, 1, 2, 3


class CommandError(Exception):
    """An error that the user can fix; never shown with a traceback."""

    # The exit status of a command that ends with this error.
    exit_status = EXIT_SET_UP


class UsageError(CommandError):
    """An argument of a command names something that does not exist."""

    exit_status = EXIT_USAGE


class EnvironmentSetupError(CommandError):
    """An interpreter or a virtual environment cannot be used."""


class PipSettingsError(CommandError):
    """pip's settings cannot be told to uv; never shown to the user, since pip then installs."""


class LockError(CommandError):
    """A requirement list cannot be resolved to a lock."""


class SettingError(CommandError):
    """An argument or a setting is not valid."""

    def __init__(self, name: str, problem: str) -> None:
        """`name` is the setting as the user writes it, `problem` what is wrong with it."""
        super().__init__(f"{name}: {problem}")
        self.name = name


class AwsError(CommandError):
    """AWS rejected a call, or could not be reached."""

    def __init__(self, item: str, problem: str, code: str) -> None:
        """`item` is the requested resource or service, `code` the error code of the service."""
        super().__init__(f"{item}: {problem}")
        self.item = item
        self.code = code


class StateError(CommandError):
    """The local stack's state file cannot be read."""


def one_line(text: object) -> str:
    """Another library's message, on one line."""
    return " ".join(str(text).split())
