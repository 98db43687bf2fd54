"""The progress output of training."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    """Write one line to stderr and flush it."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
