"""Collections and prepared folders in S3: downloaded before, uploaded after."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from common import s3
from common.aws import Target
from common.errors import SettingError
from training.prepare.gather import Progress
from training.prepare.prepare import Plan, check_free, prepare
from training.prepare.summary import Summary


def prepare_places(  # noqa: PLR0913  # those of `prepare`, and where they are
    sources: Sequence[str],
    out: str,
    plan: Plan,
    target: Target | None = None,
    progress: Progress = lambda _: None,
    *,
    split_file: str | None = None,
) -> Summary:
    """Like `prepare`, with sources, split file and `out` on this machine or in S3 (s3://…).

    S3 data passes through a temporary folder: it must fit on disk, but need not fit in memory.

    Raises:
        CollectionError: a collection is missing, unreadable or contains nothing usable.
        OutputError: the folder already exists, or cannot be created.
        SettingError: `out` in S3 is not empty, or an s3:// name is invalid.
        AwsError: a bucket does not exist or access is denied.
    """
    there = s3.parse(out) if s3.is_s3(out) else None
    target = target or Target()
    if there is None:
        check_free(Path(out))
    elif not s3.is_empty(target, there):
        raise SettingError(out, "is not empty; give a new prefix")
    with ExitStack() as stack:
        found = [_local(source, target, stack) for source in sources]
        if split_file is not None:
            plan = replace(plan, split_file=_local(split_file, target, stack))
        if there is None:
            return prepare(found, Path(out), plan, progress)
        folder = _scratch(stack) / "prepared"
        summary = prepare(found, folder, plan, progress)
        s3.upload(target, folder, there)
        return summary


def _local(source: str, target: Target, stack: ExitStack) -> Path:
    if not s3.is_s3(source):
        return Path(source)
    return s3.download(target, s3.parse(source), _scratch(stack))


def _scratch(stack: ExitStack) -> Path:
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="impressions-prepare-")))
