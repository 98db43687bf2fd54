"""Errors that every command line knows; each message is one line that says what to do next.

CommandError
├── UsageError              an argument names something that does not exist
├── EnvironmentSetupError   an interpreter or a virtual environment cannot be used
├── SettingError            an argument or a setting cannot be used
├── AwsError                AWS refused a call, or was not reached
└── StateError              the local stack's state file cannot be read

The packages' own trees (`LocalError`, `TrainingError`, `AnalyticsError`) grow from the same root.
"""

from __future__ import annotations

EXIT_DONE, EXIT_FINDINGS, EXIT_USAGE, EXIT_SET_UP = 0, 1, 2, 3


class CommandError(Exception):
    """Something that the user can fix; never shown with a traceback."""

    # The exit status of a command that ends with this error.
    exit_status = EXIT_SET_UP


class UsageError(CommandError):
    """An argument of a command names something that does not exist."""

    exit_status = EXIT_USAGE


class EnvironmentSetupError(CommandError):
    """An interpreter or a virtual environment cannot be used."""


class SettingError(CommandError):
    """An argument or a setting cannot be used."""

    def __init__(self, name: str, problem: str) -> None:
        """Name the setting as the user writes it, and what is wrong with it."""
        super().__init__(f"{name}: {problem}")
        self.name = name


class AwsError(CommandError):
    """AWS refused a call, or was not reached."""

    def __init__(self, item: str, problem: str, code: str) -> None:
        """`item` is what was asked for, `code` the service's own word for the refusal."""
        super().__init__(f"{item}: {problem}")
        self.item = item
        self.code = code


class StateError(CommandError):
    """The local stack's state file cannot be read."""


def one_line(text: object) -> str:
    """What another library says, on one line."""
    return " ".join(str(text).split())
