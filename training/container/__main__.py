"""`python -m training.container`: what a training job of the local SageMaker runs."""

from __future__ import annotations

import os
import sys

from common.errors import CommandError
from training.container.layout import Layout

FAILED = 1


def main() -> int:
    """Train; writes the reason for a failure to the file that becomes FailureReason."""
    layout = Layout.of(os.environ)
    try:
        from training.container import job

        if not job.train(layout, job.console()):
            job.say("stopped: saved a checkpoint and the current model")
    except (CommandError, ImportError) as error:
        reason = " ".join(str(error).split())
        layout.failure.parent.mkdir(parents=True, exist_ok=True)
        layout.failure.write_text(f"{reason}\n", encoding="utf-8")
        sys.stderr.write(f"{reason}\n")
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
