"""The errors of the training package.

TrainingError
├── MissingPackageError   a package that only training needs is not installed
├── CollectionError       a collection of reports cannot be read or used
├── OutputError           the prepared files cannot be written
├── CapacityError         no instance type is available
├── JobError              a training job does not exist, or has no model
├── EndpointError         an endpoint cannot be deployed or called
├── ExamplesError         the committed examples cannot be read
└── ModelTooLargeError    the written model is over the repository's size limit
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from common.errors import CommandError


class TrainingError(CommandError):
    """Base of every error that a user of `python -m training…` can cause."""


class MissingPackageError(TrainingError):
    """A package that only training needs is not installed."""

    def __init__(self, package: str, requirements: str) -> None:
        """Name the package and the requirements file that lists it."""
        super().__init__(
            f"{package} is not installed: run `pip install -r {requirements}` and try again"
        )
        self.package = package


class CollectionError(TrainingError):
    """A collection of reports cannot be read, or contains none that can be used."""

    def __init__(self, place: str, problem: str) -> None:
        """Name the file, or the archive member, and its problem."""
        super().__init__(f"{place}: {problem}")
        self.place = place


class OutputError(TrainingError):
    """The prepared files cannot be written."""

    def __init__(self, path: Path, problem: str) -> None:
        """Name the folder and the problem."""
        super().__init__(f"{path}: {problem}")
        self.path = path


class CapacityError(TrainingError):
    """None of the instance types of a training job is available."""

    def __init__(self, refusals: Sequence[str], advice: str) -> None:
        """Name what AWS said about each type, and what to try."""
        super().__init__(f"{'; '.join(refusals)}; {advice}")
        self.refusals = tuple(refusals)


class JobError(TrainingError):
    """A training job does not exist, or has no model."""

    def __init__(self, job_name: str, problem: str) -> None:
        """Name the job and its problem."""
        super().__init__(f"{job_name}: {problem}")
        self.job_name = job_name


class EndpointError(TrainingError):
    """An endpoint cannot be deployed or called."""

    def __init__(self, name: str, problem: str) -> None:
        """Name the endpoint and its problem."""
        super().__init__(f"endpoint {name}: {problem}")
        self.name = name


class ExamplesError(TrainingError):
    """A file in the examples folder cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        """Name the file and its problem."""
        super().__init__(
            f"{path}: {reason}; regenerate it with `python -m training.synthetic examples`"
        )
        self.path = path


class ModelTooLargeError(TrainingError):
    """The written model is over the repository's size limit."""

    def __init__(self, path: Path, size: int, limit: int) -> None:
        """Name the folder, its size and the limit, both in bytes."""
        super().__init__(
            f"{path} has {size:,} bytes, over the limit of {limit:,}: use a smaller vocabulary"
        )
        self.path = path
        self.size = size
