"""Deletes what a local stack keeps: uploads, results, queues, tables, logs, jobs and models.

All of it is in the stack's state folder. The virtual environments, the packaged zip and the
embedded models are outside it and contain no reports.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

from local.errors import PurgeError

if TYPE_CHECKING:
    from pathlib import Path

    from common.stack_settings import LocalStackSettings

LOCK = ".lock"
# What a stack makes in its state folder; tests/integration/test_purge.py fails if one is missing.
OWN = frozenset({LOCK, "logs", "ministack", "sagemaker", "state.json", "tmp"})
# A state file whose writer was killed; see common.files.
_PARTIAL = (".state.json.", ".partial")


class Purged(NamedTuple):
    """How many files were deleted, and their size in bytes."""

    files: int
    size: int


def check(settings: LocalStackSettings) -> None:
    """Raise PurgeError, which names them, if the state folder contains things of somebody else.

    A link in the place of one of the stack's own folders counts as such, as its target may be
    anything.
    """
    foreign = [path.name for path in _contents(settings) if not _is_own(path)]
    if foreign:
        raise PurgeError(settings.state_directory, foreign)


def purge(settings: LocalStackSettings) -> Purged:
    """Delete everything in the state folder but the empty lock file, which the caller holds.

    The stack must be stopped. Raises PurgeError if something there is not the stack's, or cannot
    be deleted; in the first case nothing is deleted.
    """
    check(settings)
    files = size = 0
    for path in _contents(settings):
        if path.name == LOCK:
            continue
        try:
            inside = [file for file in (path, *path.rglob("*")) if not file.is_dir()]
            size += sum(file.lstat().st_size for file in inside)
            files += len(inside)
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        except OSError as error:
            raise PurgeError.of(error, path) from error
    return Purged(files, size)


def _contents(settings: LocalStackSettings) -> list[Path]:
    if not settings.state_directory.is_dir():
        return []
    return sorted(settings.state_directory.iterdir())


def _is_own(path: Path) -> bool:
    start, end = _PARTIAL
    known = path.name in OWN or (path.name.startswith(start) and path.name.endswith(end))
    return known and not path.is_symlink()
