"""A training container without torch: it follows the contract and does what it is told.

Hyperparameters: `steps`, `pause` (seconds a step), `deaf` (SIGTERM is ignored), `fail`, `crash`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType


def main() -> int:
    base = Path(os.environ["SAGEMAKER_BASE_DIR"])
    hyperparameters = json.loads((base / "input/config/hyperparameters.json").read_text())
    stopped: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)

    signal.signal(signal.SIGTERM, signal.SIG_IGN if "deaf" in hyperparameters else stop)
    checkpoint = base / "checkpoints" / "step"
    step = int(checkpoint.read_text()) if checkpoint.exists() else 0
    there = sorted(path.name for path in (base / "input/data/training").iterdir())
    print(f"starting at step {step} with {there}")
    while step < int(hyperparameters.get("steps", "2")) and not stopped:
        step += 1
        print(f"{{'loss': {1 / step}, 'epoch': {step}.0}}")
        # In one step, like the checkpoint: a job that is killed leaves no half of it.
        weights = base / "weights.partial"
        weights.write_text(str(step))
        weights.replace(base / "model" / "weights")
        partial = checkpoint.with_name(".partial")
        partial.write_text(str(step))
        partial.replace(checkpoint)
        time.sleep(float(hyperparameters.get("pause", "0")))
    if "fail" in hyperparameters:
        (base / "output" / "failure").write_text("the data is empty\n")
        return 3
    if "crash" in hyperparameters:
        os.kill(os.getpid(), signal.SIGKILL)
    return 0


sys.exit(main())
