"""`python -m tests.fuzz`, called by `make fuzz`: fuzz every target for a bounded time.

An input that fails is written to `tests/fuzz/corpus/<target>/`, where `make test` replays it: fix
the code and commit both. `--keep` also adds the inputs that reach code that no kept one reaches.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from common.environments import environment_python
from common.paths import ROOT

CORPUS = ROOT / "tests" / "fuzz" / "corpus"
WORDS = CORPUS / "words.dict"
WORKING = ROOT / "build" / "fuzz"
TARGETS = (
    "decoding",
    "framing",
    "records",
    "fhir",
    "objects",
    "messages",
    "answers",
    "batches",
    "requests",
    "settings",
    "hl7_framing",
    "hl7_records",
)
LONGEST_INPUT = 2048
# What libFuzzer takes as a hang: every decoder is linear.
HANG_S = 10
# Time beyond the limit for the start, where the corpus is replayed.
START_S = 120
STATISTICS = re.compile(r"stat::number_of_executed_units:\s+(\d+)")
REACHED = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)/")
FAILED = re.compile(r"Test unit written to (\S+)")


class Outcome(NamedTuple):
    """What one target's run showed; `failure` is the input that failed, or what else went wrong."""

    target: str
    executions: int
    seconds: float
    edges: int
    corpus: int
    failure: str | None


def main(arguments: list[str]) -> int:
    """Fuzz; returns 1 if an input fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=main.__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    parser.add_argument("--keep", action="store_true", help="add what reaches new code")
    options = parser.parse_args(arguments)
    chosen = options.targets or list(TARGETS)
    unknown = sorted(set(chosen) - set(TARGETS))
    if unknown:
        parser.error(f"unknown target: {', '.join(unknown)}; use {', '.join(TARGETS)}")
    outcomes = []
    for target in chosen:
        outcomes.append(fuzz(target, max(1, options.seconds // len(chosen))))
        print(_line(outcomes[-1]), flush=True)
        if options.keep and outcomes[-1].failure is None:
            keep(target)
    failed = [found for found in outcomes if found.failure is not None]
    for found in failed:
        print(f"error: {found.target}: {found.failure}", file=sys.stderr)
    print(f"{sum(found.executions for found in outcomes):,} executions, {len(failed)} failures")
    return 1 if failed else 0


def fuzz(target: str, seconds: int) -> Outcome:
    """Fuzz one target, from the kept corpus and what earlier runs left in `build/fuzz`."""
    working = WORKING / target
    working.mkdir(parents=True, exist_ok=True)
    log = WORKING / f"{target}.log"
    with log.open("wb") as output:
        done = subprocess.run(
            _command(
                target,
                f"-max_total_time={seconds}",
                f"-max_len={LONGEST_INPUT}",
                f"-timeout={HANG_S}",
                f"-dict={WORDS}",
                f"-artifact_prefix={CORPUS / target}/",
                "-print_final_stats=1",
                str(working),
                str(CORPUS / target),
            ),
            cwd=ROOT,
            env=_environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=seconds + START_S,
            check=False,
        )
    return read_log(target, seconds, log.read_text("utf-8", "replace"), done.returncode, log)


def read_log(target: str, seconds: int, said: str, status: int, log: Path) -> Outcome:
    """What libFuzzer's output says of a run."""
    executions = STATISTICS.search(said)
    reached = REACHED.findall(said)
    edges, _, corpus = reached[-1] if reached else (0, 0, 0)
    written = FAILED.search(said)
    failure = None
    if status:
        where = written.group(1) if written else "no input was written"
        failure = f"{Path(where).name}: see {log}"
    count = int(executions.group(1)) if executions else 0
    return Outcome(target, count, seconds, int(edges), int(corpus), failure)


def keep(target: str) -> None:
    """Add to the kept corpus what reaches code that nothing in it reaches."""
    with (WORKING / f"{target}.merge.log").open("wb") as output:
        subprocess.run(
            _command(target, "-merge=1", str(CORPUS / target), str(WORKING / target)),
            cwd=ROOT,
            env=_environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            check=True,
        )


def _command(target: str, *options: str) -> list[str]:
    return [str(environment_python("fuzz")), "-m", "tests.fuzz.one", target, *options]


def _environment() -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "chalice_app"))),
        "POWERTOOLS_TRACE_DISABLED": "true",
    }


def _line(found: Outcome) -> str:
    rate = found.executions / found.seconds
    return (
        f"{found.target:<10}{found.executions:>10,} executions {rate:>8,.0f}/s"
        f"{found.edges:>7} edges{found.corpus:>6} inputs"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
