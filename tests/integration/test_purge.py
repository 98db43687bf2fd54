"""After `down --purge`, nothing of a run is left on the machine."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from common.stack_settings import LocalStackSettings
from local.client import run as running
from local.stack import lifecycle
from tests.breaking.kills import kill_ministack


def traces(places: set[Path], canary: str) -> Iterator[Path]:
    """The files that have the canary in their name or content."""
    for place in places:
        for path in (place, *place.rglob("*")):
            with suppress(OSError):  # another program's temporary file, gone or not ours to read
                if canary in str(path) or (path.is_file() and canary.encode() in path.read_bytes()):
                    yield path


def temporary() -> set[Path]:
    return set(Path(tempfile.gettempdir()).iterdir())


def test_a_purged_stack_leaves_nothing_of_a_run(tmp_path: Path) -> None:
    canary = f"canary{uuid4().hex}"
    state = tmp_path / "state"
    settings = LocalStackSettings(state_directory=state)
    record = {"report_id": canary, "findings": f"{canary} clear.", "impression": canary}
    source = tmp_path / f"{canary}.json"
    source.write_text(json.dumps([record, {"findings": 7, "note": canary}]), encoding="utf-8")
    already = temporary()
    try:
        stack = lifecycle.up(settings, progress=lambda _: None)
        for lane in ("incoming", "evaluation"):
            running.run(stack, [str(source)], lane=lane, quiet=True, patience_s=60)
        # What a killed stack leaves goes too.
        kill_ministack(stack)
        lifecycle.up(settings, progress=lambda _: None)
        source.unlink()
        kept = {one.relative_to(state).parts[0] for one in traces({state}, canary)}
        assert "ministack" in kept
    finally:
        purged = lifecycle.purge(settings, progress=lambda _: None)

    assert purged.files > 0
    assert [path.name for path in state.iterdir()] == [".lock"]
    assert list(traces({state} | (temporary() - already), canary)) == []
    assert lifecycle.purge(settings) == (0, 0)
