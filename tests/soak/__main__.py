"""`python -m tests.soak [--seconds N] [--seed N]`: exit status 0 if the ledger balances, 1 if not.

The drops and the order of the troubles follow from the seed; how they fall together does not.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.client import invoke
from local.errors import InvokeError
from tests.soak.gather import Gatherer, depth
from tests.soak.ledger import Ledger, balance
from tests.soak.load import Load, Nights
from tests.soak.running import AWAY, HIDDEN_S, Running, running
from tests.soak.trouble import Trouble

SECONDS = 600.0
NIGHT_EVERY_S = 45.0
# Until a killed invocation's messages are seen again, and everything is done.
SETTLE_S = HIDDEN_S + 900.0
SWEEP_EVERY_S = 60.0
POLL_S = 10.0
SHOWN = 40


def main() -> int:
    """Soak, settle, balance."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long files are dropped")
    parser.add_argument("--seed", type=int, default=None, help="of the drops and troubles")
    options = parser.parse_args()
    seed = int.from_bytes(os.urandom(4)) if options.seed is None else options.seed
    with tempfile.TemporaryDirectory(prefix="impressions-soak-") as folder:
        ledger = soak(Path(folder) / "stack", options.seconds, seed)
    return 0 if ledger.is_balanced else 1


def soak(folder: Path, seconds: float, seed: int) -> Ledger:
    """Drive a fresh stack in `folder` for so long; prints and returns the ledger."""
    _say(f"soak: {seconds:.0f} s, seed {seed}")
    with running(folder, _say) as stack:
        load, trouble = Load(stack, seed), Trouble(stack, seed + 1)
        nights = Nights(stack, seed + 2, NIGHT_EVERY_S)
        with ThreadPoolExecutor() as pool:
            background = [pool.submit(trouble.run), pool.submit(nights.run)]
            try:
                load.run(seconds)
            finally:
                stack.stop.set()
        for one in background:
            one.result()  # a test whose troubles failed has shown nothing
        trouble.calm()
        stack.up()
        began = time.monotonic()
        ledger, redriven = settle(stack, Gatherer(load))
        _say(f"settled after {time.monotonic() - began:.0f} s")
    made = ", ".join(f"{name} {count}" for name, count in sorted(trouble.made.items()))
    for problem in ledger.problems[:SHOWN]:
        _say(f"{problem.kind}: {problem.text}")
    _say(f"soak of {seconds:.0f} s, seed {seed}: {'' if ledger.is_balanced else 'NOT '}balanced")
    for line in ledger.lines():
        _say(line)
    _say(f"troubles     {made}")
    _say(
        f"repeats      {load.repeats} uploads and {nights.repeats} jobs told again, "
        f"{redriven} dead letters redriven"
    )
    _say(f"model        asked for {trouble.asked} drafts")
    return ledger


def settle(stack: Running, gatherer: Gatherer) -> tuple[Ledger, int]:
    """Sweep and redrive until nothing is under way; returns the ledger and the dead letters sent.

    Redrive sends the soak's poison too, which dies again.
    """
    deadline = time.monotonic() + SETTLE_S
    redriven, sweep_at = 0, 0.0
    while True:
        if time.monotonic() >= sweep_at:
            stack.sweep()
            sweep_at = time.monotonic() + SWEEP_EVERY_S
        time.sleep(POLL_S)
        waiting = depth(stack)
        ledger = balance(gatherer.books(stack))
        _say(f"settling: {len(ledger.problems)} open, {waiting} messages")
        if (ledger.is_balanced and not waiting) or time.monotonic() > deadline:
            return ledger, redriven
        if ledger.count("unexplained"):
            try:
                redriven += int(invoke.operate(stack.stack, "redrive")["redriven"])
            except (*AWAY, InvokeError) as error:
                _say(f"redrive failed: {type(error).__name__}")


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
