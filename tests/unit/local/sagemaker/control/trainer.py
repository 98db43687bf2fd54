"""A training container without torch: it copies its base model, and does as its data says."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

base = Path(os.environ["SAGEMAKER_BASE_DIR"])
told = (base / "input" / "data" / "training" / "train.jsonl").read_text()
told_to_stop: list[int] = []
signal.signal(signal.SIGTERM, lambda number, _frame: told_to_stop.append(number))
checkpoint = base / "checkpoints" / "checkpoint.txt"
done = int(checkpoint.read_text()) if checkpoint.is_file() else 0
print(f"begins at {done}", flush=True)
if "fail" in told:
    (base / "output" / "failure").write_text("the data says so\n")
    sys.exit(3)
print("{'loss': 1e-05, 'epoch': 0.5}", flush=True)
print("{'eval_loss': 0.25, 'epoch': 1.0}", flush=True)
while "wait" in told and not told_to_stop:
    done += 1
    checkpoint.write_text(str(done))
    print(f"progress: step {done}/1000", flush=True)
    time.sleep(0.02)
for path in (base / "input" / "data" / "model").iterdir():
    (base / "model" / path.name).write_bytes(path.read_bytes())
