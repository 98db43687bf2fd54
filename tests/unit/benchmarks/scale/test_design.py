import re
from pathlib import Path

import msgspec

from benchmarks.scale import design
from chalicelib.settings import Settings
from common.paths import ROOT

TEMPLATE = (ROOT / "template.yaml").read_text(encoding="utf-8")


def test_the_design_is_the_templates() -> None:
    found = design.read()

    defaults = {one.name: one.default for one in msgspec.structs.fields(Settings)}
    assert found.micro_batch_records == defaults["micro_batch_records"]
    assert found.chunk_records == defaults["chunk_records"]
    assert found.shard_records == defaults["shard_records"]
    assert found.sweep_days == defaults["sweep_days"]
    assert found.most_receives == 5
    assert (found.function_timeout_s, found.memory_mb) == (900, 1024)
    assert found.landing_days == 365
    assert found.scaling.invocations_per_instance == 20


def test_a_changed_default_changes_the_design(tmp_path: Path) -> None:
    changed = tmp_path / "template.yaml"
    text = re.sub(r"BatchSize: .*", "BatchSize: !Ref WorkerConcurrency", TEMPLATE)
    changed.write_text(text.replace("Timeout: 900", "Timeout: 300"), encoding="utf-8")

    found = design.read(changed)

    assert found.batch_size == found.concurrency == 4
    assert found.function_timeout_s == 300
