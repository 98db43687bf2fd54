"""Collections and prepared folders that are in S3: fetched before, put after."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from common import s3
from common.aws import Target
from common.errors import SettingError
from training.prepare.prepare import Plan, Progress, Summary, check_free, prepare


def prepare_places(
    sources: Sequence[str],
    out: str,
    plan: Plan,
    target: Target | None = None,
    progress: Progress = lambda _: None,
) -> Summary:
    """As `prepare`, with sources and `out` on this machine or in S3 (s3://bucket/prefix).

    What is in S3 goes through a temporary folder: the disk must hold it, memory need not.

    Raises:
        CollectionError: a collection is missing, cannot be read or holds nothing of use.
        OutputError: the folder is there already, or cannot be made.
        SettingError: `out` in S3 holds something already, or a name is none.
        AwsError: a bucket is missing or denied.
    """
    there = s3.parse(out) if s3.is_s3(out) else None
    target = target or Target()
    if there is None:
        check_free(Path(out))
    elif not s3.is_empty(target, there):
        raise SettingError(out, "holds something already; name a new prefix")
    with ExitStack() as stack:
        found = [_here(source, target, stack) for source in sources]
        if there is None:
            return prepare(found, Path(out), plan, progress)
        folder = _scratch(stack) / "prepared"
        summary = prepare(found, folder, plan, progress)
        s3.upload(target, folder, there)
        return summary


def _here(source: str, target: Target, stack: ExitStack) -> Path:
    if not s3.is_s3(source):
        return Path(source)
    return s3.download(target, s3.parse(source), _scratch(stack))


def _scratch(stack: ExitStack) -> Path:
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="impressions-prepare-")))
