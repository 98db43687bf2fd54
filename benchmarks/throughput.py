"""Files a second, each with one record, compared with bare puts; and who used the processor.

MiniStack runs on the same cores as the function and the endpoint, so its share of the processor
time says how much of these figures is the local AWS and not the system.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import cpu
from benchmarks.figures import Figure, Figures, in_turn, seconds
from benchmarks.reports import records
from local.client.uploads import UPLOADERS

if TYPE_CHECKING:
    from benchmarks.stage import Stage

FILES = 200
REPEATS = 3


def files_a_second(stage: Stage) -> Figures:
    """Upload many files of one record each and, in turn, put them where nothing processes them."""
    used: list[dict[str, float]] = []
    folders = [
        stage.small_files(records(FILES, f"benchmark-{repeat}")) for repeat in range(REPEATS)
    ]

    def dropped(repeat: int) -> float:
        before = cpu.seconds(stage.stack)
        taken = stage.run(folders[repeat], FILES).seconds
        after = cpu.seconds(stage.stack)
        used.append({name: after[name] - before[name] for name in cpu.PARTS})
        return taken

    stage.run(stage.small_files(records(20, "warm-up")), 20)
    put, taken = in_turn(REPEATS, lambda repeat: _put_alone(stage, folders[repeat]), dropped)
    return {
        "files_a_second": taken.rate(FILES),
        "s3_puts_a_second": put.rate(FILES),
        "files_to_s3_puts": put.to(taken),
        **_shares(used),
    }


def _shares(used: list[dict[str, float]]) -> Figures:
    """Processor milliseconds per file of each part, and MiniStack's share of them all."""
    figures = {
        f"cpu_ms_a_file_{name}": Figure.of(*(one[name] * 1000 / FILES for one in used))
        for name in cpu.PARTS
    }
    shares = [one[cpu.MINISTACK] / sum(one.values()) for one in used]
    return figures | {"cpu_share_of_ministack": Figure.of(*shares)}


def _put_alone(stage: Stage, source: Path) -> float:
    """Seconds to put the same files where nothing processes them, as concurrently as a run."""
    s3, bucket = stage.stack.client("s3"), stage.stack.outputs.results_bucket
    place = f"benchmark/{time.time_ns()}"

    def put(path: Path) -> None:
        s3.put_object(Bucket=bucket, Key=f"{place}/{path.name}", Body=path.read_bytes())

    def put_all() -> None:
        with ThreadPoolExecutor(max_workers=UPLOADERS) as pool:
            list(pool.map(put, sorted(source.iterdir())))

    return seconds(put_all)
