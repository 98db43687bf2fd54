"""A job's checkpoints: in S3 between jobs, in the job's folder while it runs."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from local.sagemaker.control.buckets import TROUBLE, Aws
from local.sagemaker.control.store import Document

EVERY_S = 5.0


class Checkpoints:
    """Keeps a folder and its place in S3 alike, as CheckpointConfig asks."""

    def __init__(self, aws: Aws, job: Document, folder: Path) -> None:
        """Without a CheckpointConfig nothing is kept."""
        self._aws, self._folder = aws, folder
        self._uri: str = job.get("CheckpointConfig", {}).get("S3Uri", "").rstrip("/")
        self._kept: dict[str, tuple[int, int]] = {}
        self._last = time.monotonic()

    def restore(self) -> None:
        """Fetch what an earlier job left."""
        if self._uri:
            for path in self._aws.fetch(f"{self._uri}/", self._folder):
                self._kept[self._name(path)] = _mark(path)

    def keep_now_and_then(self) -> None:
        """Put what changed, every few seconds; what AWS does not take now is put the next time."""
        if time.monotonic() - self._last >= EVERY_S:
            with suppress(*TROUBLE):
                self.keep()

    def keep(self) -> None:
        """Put what changed since it was put or fetched."""
        self._last = time.monotonic()
        if not self._uri:
            return
        for path in sorted(self._folder.rglob("*")):
            # A name with a dot before it is a file that is being written.
            if not path.is_file() or path.name.startswith("."):
                continue
            try:
                mark = _mark(path)
                if self._kept.get(self._name(path)) != mark:
                    self._aws.put(path, f"{self._uri}/{self._name(path)}")
                    self._kept[self._name(path)] = mark
            except FileNotFoundError:
                continue  # the trainer took it away meanwhile

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


def _mark(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size
