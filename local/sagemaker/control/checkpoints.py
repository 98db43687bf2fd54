"""A job's checkpoints: in S3 between runs, in the job's folder while it runs."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from local.sagemaker.control.buckets import TROUBLE, Aws
from local.sagemaker.control.store import Document

EVERY_S = 5.0


class Checkpoints:
    """Synchronises a folder with S3, as CheckpointConfig specifies."""

    def __init__(self, aws: Aws, job: Document, folder: Path) -> None:
        """Without a CheckpointConfig, nothing is synchronised."""
        self._aws, self._folder = aws, folder
        self._uri: str = job.get("CheckpointConfig", {}).get("S3Uri", "").rstrip("/")
        self._synced: dict[str, tuple[int, int]] = {}
        self._last = time.monotonic()

    def restore(self) -> None:
        """Download the checkpoints of an earlier job."""
        if self._uri:
            for path in self._aws.fetch(f"{self._uri}/", self._folder):
                self._synced[self._name(path)] = _version(path)

    def keep_now_and_then(self) -> None:
        """Upload changed files every few seconds; failed uploads are retried the next time."""
        if time.monotonic() - self._last >= EVERY_S:
            with suppress(*TROUBLE):
                self.keep()

    def keep(self) -> None:
        """Upload the files that have changed since the last transfer."""
        self._last = time.monotonic()
        if not self._uri:
            return
        for path in sorted(self._folder.rglob("*")):
            # A file whose name begins with a dot is still being written.
            if not path.is_file() or path.name.startswith("."):
                continue
            try:
                version = _version(path)
                if self._synced.get(self._name(path)) != version:
                    self._aws.put(path, f"{self._uri}/{self._name(path)}")
                    self._synced[self._name(path)] = version
            except FileNotFoundError:
                continue  # the trainer has deleted it in the meantime

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


def _version(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size
