"""Where a training tells how far it is."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    """One line on stderr, at once."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
